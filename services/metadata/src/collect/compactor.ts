import type { ContentUpkeep, Volume } from '../content/content-upkeep.ts';
import type { StoredContent } from '../content/content-store.ts';
import type { Database } from '../database/database.ts';
import { lockCollection } from '../store/collect-repository.ts';
import { contentsLocatedAt, forgetVolume, isRetired, moveContents, retireVolume, retiredVolumes } from '../store/volume-repository.ts';
import type { CollectTimes } from './collect-times.ts';

/** The part of a volume that has to be garbage before it is worth while to copy the rest. */
const WORTHWHILE = 0.5;
const PAGE = 1_000;

export interface Compacted {
  /** Contents that were copied to another volume. */
  readonly moved: number;
  /** True when nothing points into the volume any more, and it is removed after a while. */
  readonly retired: boolean;
}

/** Gives back the room of small contents that are gone: what is left in a volume is copied to a new one, and the old one removed as a whole. */
export class Compactor {
  readonly #database: Database;
  readonly #upkeep: ContentUpkeep;
  readonly #times: CollectTimes;

  constructor(database: Database, upkeep: ContentUpkeep, times: CollectTimes) {
    this.#database = database;
    this.#upkeep = upkeep;
    this.#times = times;
  }

  /** Volumes that may be compacted. */
  volumes(): AsyncIterable<Volume> {
    return this.#upkeep.volumes(this.#times.volumeMs);
  }

  async compact(volume: Volume): Promise<Compacted> {
    if (await isRetired(this.#database, volume.id)) return { moved: 0, retired: false };
    const kept = await this.#pointedInto(volume.id);
    const bytes = kept.reduce((sum, { size }) => sum + size, 0);
    if (kept.length > 0 && bytes > volume.bytes * WORTHWHILE) return { moved: 0, retired: false };
    let moved = 0;
    for (let first = 0; first < kept.length; first += PAGE) moved += await this.#move(kept.slice(first, first + PAGE));
    // What could not be copied is damaged; it stays where it is, for fsck to tell of.
    const retired = moved === kept.length;
    if (retired) await retireVolume(this.#database, volume.id);
    return { moved, retired };
  }

  /** Removes volumes that were retired long enough ago for every read grant to have run out. Returns how many. */
  async removeRetired(): Promise<number> {
    let count = 0;
    for (const id of await retiredVolumes(this.#database, this.#times.volumeMs)) {
      const removed = await this.#database.transaction('write', async (transaction) => {
        if (!(await lockCollection(transaction))) return false;
        const isEmpty = (await this.#pointedInto(id)).length === 0;
        if (isEmpty) await this.#upkeep.removeVolume(id);
        await forgetVolume(transaction, id);
        return isEmpty;
      });
      if (removed) count += 1;
    }
    return count;
  }

  async #move(kept: readonly StoredContent[]): Promise<number> {
    const to = new Map((await this.#upkeep.rewrite(kept)).map((content) => [content.hash, content]));
    const moves = kept.flatMap((from) => {
      const target = to.get(from.hash);
      return target === undefined ? [] : [{ from, to: target }];
    });
    await moveContents(this.#database, moves);
    return moves.length;
  }

  async #pointedInto(volume: string): Promise<StoredContent[]> {
    const found: StoredContent[] = [];
    let page: StoredContent[] = [];
    for await (const content of this.#upkeep.contentsOf(volume)) {
      page.push(content);
      if (page.length < PAGE) continue;
      found.push(...(await contentsLocatedAt(this.#database, page)));
      page = [];
    }
    found.push(...(await contentsLocatedAt(this.#database, page)));
    return found;
  }
}
