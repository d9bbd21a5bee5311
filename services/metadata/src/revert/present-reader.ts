import type { RelativePath } from '@syncpair/contracts';
import type { KnownVersion, PresentView } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { countLiveChildren, readHeads } from '../store/state-repository.ts';

/**
 * The part of a directory that was read. A question about something unread is answered as if nothing were there and noted: `readMissing`
 * reads it, and the decision is made again.
 */
export class PresentReader implements PresentView {
  readonly #db: Queryable;
  readonly #directory: number;
  readonly #heads = new Map<RelativePath, KnownVersion | null>();
  readonly #children = new Map<RelativePath, number>();
  readonly #missingHeads = new Set<RelativePath>();
  readonly #missingChildren = new Set<RelativePath>();

  constructor(db: Queryable, directory: number) {
    this.#db = db;
    this.#directory = directory;
  }

  head(path: RelativePath): KnownVersion | null {
    const known = this.#heads.get(path);
    if (known === undefined) this.#missingHeads.add(path);
    return known ?? null;
  }

  liveChildren(folder: RelativePath): number {
    const known = this.#children.get(folder);
    if (known === undefined) this.#missingChildren.add(folder);
    return known ?? 0;
  }

  async read(paths: readonly RelativePath[]): Promise<void> {
    const heads = await readHeads(this.#db, this.#directory, paths);
    for (const path of paths) this.#heads.set(path, heads.get(path) ?? null);
  }

  /** False when nothing was missing. */
  async readMissing(): Promise<boolean> {
    if (this.#missingHeads.size + this.#missingChildren.size === 0) return false;
    await this.read([...this.#missingHeads]);
    const folders = [...this.#missingChildren];
    const counts = await countLiveChildren(this.#db, this.#directory, folders);
    for (const folder of folders) this.#children.set(folder, counts.get(folder) ?? 0);
    this.#missingHeads.clear();
    this.#missingChildren.clear();
    return true;
  }
}
