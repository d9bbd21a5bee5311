import { type RelativePath, ancestorsOf, isBelow } from '@syncpair/contracts';

/** Things by their path, any number at one. What is asked of a path that is no folder of any of them costs nothing but that. */
export class ByPath<Thing extends { readonly path: RelativePath }> {
  readonly #at = new Map<RelativePath, Thing[]>();
  /** Folders above the paths, also above those of long ago. */
  readonly #folders = new Set<RelativePath>();

  get(path: RelativePath): readonly Thing[] {
    return this.#at.get(path) ?? [];
  }

  /** Those at the path and below it. */
  within(path: RelativePath): Thing[] {
    if (!this.#folders.has(path)) return [...this.get(path)];
    const found: Thing[] = [];
    for (const [place, things] of this.#at) if (place === path || isBelow(place, path)) found.push(...things);
    return found;
  }

  add(thing: Thing): void {
    const things = this.#at.get(thing.path);
    if (things === undefined) this.#at.set(thing.path, [thing]);
    else things.push(thing);
    for (const folder of ancestorsOf(thing.path)) this.#folders.add(folder);
  }

  remove(thing: Thing): void {
    const left = this.get(thing.path).filter((other) => other !== thing);
    if (left.length === 0) this.#at.delete(thing.path);
    else this.#at.set(thing.path, left);
  }

  *all(): Generator<Thing> {
    for (const things of this.#at.values()) yield* things;
  }
}
