import { type RelativePath, joinPath, nameOf, parentOf } from '@syncpair/contracts';
import { type PortabilityRule, namesThatClash, whyNotHeld, whyNotPortable } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { ListedEntry } from '../disk/observed.ts';
import type { DirtyPaths } from './dirty-paths.ts';

/** Tells of names that some system cannot hold where they are made, and keeps new ones from travelling where the rule says so. */
export class NameRule {
  readonly #engine: Engine;
  readonly #dirty: DirtyPaths;
  /** What was told of. */
  readonly #told = new Set<RelativePath>();
  #rule: PortabilityRule = 'off';
  /** The names of the folder that is being looked at as a whole. */
  #listed: { readonly folder: RelativePath | null; readonly names: readonly string[] } | null = null;
  /** Names by folder of what waits to be looked at, read or sent; null when they have to be put together first. */
  #waiting: Map<RelativePath | null, Set<string>> | null = null;

  constructor(engine: Engine, dirty: DirtyPaths) {
    this.#engine = engine;
    this.#dirty = dirty;
  }

  /** A folder (null: the root) was listed completely; its entries are looked at next. */
  listed(folder: RelativePath | null, entries: readonly ListedEntry[]): void {
    this.#follow();
    if (this.#rule === 'off') return;
    const names = entries.map(({ path }) => nameOf(path));
    this.#listed = { folder, names };
    if (this.#told.size === 0) return;
    const there = new Set(names);
    for (const path of [...this.#told]) if (parentOf(path) === folder && !there.has(nameOf(path))) this.#clear(path);
  }

  /** What was asked of the disk at once was looked at. */
  ended(): void {
    this.#listed = null;
    this.#waiting = null;
  }

  /** Nothing lies there any more: what clashed with it is looked at again. */
  vanished(path: RelativePath): void {
    this.#clear(path);
    const folder = parentOf(path);
    this.#waiting?.get(folder)?.delete(nameOf(path));
    const told = [...this.#told].filter((other) => parentOf(other) === folder).map(nameOf);
    this.#lookAt(folder, namesThatClash({ name: nameOf(path), beside: told }));
  }

  /** Tells of a path that lies here. @returns true when it is new and must not travel */
  refuses(path: RelativePath, isNew: boolean): boolean {
    this.#follow();
    if (this.#rule === 'off') return false;
    const refused = this.#rule === 'refuse' && isNew ? this.#why(path, (other) => this.#goesFirst(other, path)) : null;
    const reason = refused ?? this.#why(path, () => true);
    const isNews = reason !== null && !this.#told.has(path);
    if (reason === null) this.#clear(path);
    else this.#tell(path, refused === null ? 'name_not_everywhere' : 'name_refused', reason);
    if (isNews) this.#lookAtThoseThatClash(path);
    return refused !== null;
  }

  /** A name that was no problem is one as soon as another one comes to lie beside it. */
  #lookAtThoseThatClash(path: RelativePath): void {
    const folder = parentOf(path);
    const names = namesThatClash({ name: nameOf(path), beside: this.#beside(path) });
    this.#lookAt(
      folder,
      names.filter((name) => !this.#told.has(joinPath(folder, name))),
    );
  }

  #lookAt(folder: RelativePath | null, names: readonly string[]): void {
    for (const name of names) this.#dirty.mark(joinPath(folder, name), this.#engine.clock.monotonic(), 0);
  }

  /** What was told under another rule is told no longer. */
  #follow(): void {
    const rule = this.#engine.portability;
    if (rule === this.#rule) return;
    for (const told of [...this.#told]) this.#clear(told);
    this.#rule = rule;
  }

  #why(path: RelativePath, counts: (other: string) => boolean): string | null {
    const name = nameOf(path);
    // Who maps names holds this one, too; two that are one name there stay two here, and one of them is held there.
    if (this.#rule === 'map' && whyNotHeld(name, 'windows') !== null) return null;
    return whyNotPortable({ name, beside: this.#beside(path).filter((other) => other !== name && counts(other)) });
  }

  /** Of two new names that clash, the one that sorts first travels. */
  #goesFirst(other: string, path: RelativePath): boolean {
    return other < nameOf(path) || this.#engine.state.base.get(joinPath(parentOf(path), other)) !== null;
  }

  #beside(path: RelativePath): readonly string[] {
    const folder = parentOf(path);
    if (this.#listed?.folder === folder) return this.#listed.names;
    const known = this.#engine.state.base.children(folder).filter(({ state: { kind } }) => kind !== 'tombstone');
    this.#waiting ??= this.#readWaiting();
    return [...known.map((base) => nameOf(base.path)), ...(this.#waiting.get(folder) ?? [])];
  }

  /** Of two that are made at once, neither is known when the first is looked at. */
  #readWaiting(): Map<RelativePath | null, Set<string>> {
    const { changes, ignore } = this.#engine;
    const waiting = new Map<RelativePath | null, Set<string>>();
    for (const paths of [changes.puts.keys(), this.#dirty.paths()]) {
      for (const path of paths) {
        if (ignore.ignores(path, 'file')) continue;
        const names = waiting.get(parentOf(path));
        if (names === undefined) waiting.set(parentOf(path), new Set([nameOf(path)]));
        else names.add(nameOf(path));
      }
    }
    return waiting;
  }

  #tell(path: RelativePath, code: string, reason: string): void {
    this.#told.add(path);
    this.#engine.problems.report('name', path, code, reason, this.#engine.clock.monotonic());
  }

  #clear(path: RelativePath): void {
    if (this.#told.delete(path)) this.#engine.problems.clear('name', path);
  }
}
