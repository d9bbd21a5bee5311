import { type RelativePath, isBelow } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Listing } from '../disk/disk.ts';

/** Names that cannot travel, by the folder they were found in: a problem each for as long as they are there. */
export class Refusals {
  readonly #engine: Engine;
  readonly #known = new Map<RelativePath | null, ReadonlySet<string>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A folder (null: the root) was listed completely. */
  listed(folder: RelativePath | null, refused: Listing['refused']): void {
    const { problems, clock } = this.#engine;
    const now = new Set(refused.map(({ name }) => name));
    for (const name of this.#known.get(folder) ?? []) if (!now.has(name)) problems.clear('scan', at(folder, name));
    for (const { name, reason } of refused) problems.report('scan', at(folder, name), 'name_refused', reason, clock.monotonic());
    if (now.size > 0) this.#known.set(folder, now);
    else this.#known.delete(folder);
  }

  /** These paths are gone, with all that was in them. */
  gone(paths: readonly RelativePath[]): void {
    if (this.#known.size === 0) return;
    for (const folder of [...this.#known.keys()])
      if (folder !== null && paths.some((path) => folder === path || isBelow(folder, path))) this.listed(folder, []);
  }
}

const at = (folder: RelativePath | null, name: string): string => (folder === null ? name : `${folder}/${name}`);
