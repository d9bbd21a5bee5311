import type { ContentUpkeep } from '../content/content-upkeep.ts';
import type { StoredContent } from '../content/content-store.ts';
import type { Database } from '../database/database.ts';
import { forgetClaims } from '../store/chunk-repository.ts';
import { condemnPage, condemnUnknown, finishDeleting, lockCollection, lockDeleting, markDeleting } from '../store/collect-repository.ts';
import type { CollectTimes } from './collect-times.ts';

/** Contents that one transaction looks at, and that one removes. */
const PAGE = 1_000;
const BATCH = 100;

export interface Swept {
  /** Contents that are gone. */
  readonly removed: number;
  /** Bytes they took. */
  readonly bytes: number;
  /** There may be more to remove. */
  readonly more: boolean;
}

/**
 * Removes contents that nothing refers to, in bounded steps, while uploads and commits go on. A content goes through
 * `live → condemned → deleting → gone`; a commit or a grant that names it before `deleting` makes it live again, one that comes later waits
 * until it is gone and asks for the bytes. Every step may be killed anywhere and taken again, by any process.
 */
export class Collector {
  readonly #database: Database;
  readonly #upkeep: ContentUpkeep;
  readonly #times: CollectTimes;

  constructor(database: Database, upkeep: ContentUpkeep, times: CollectTimes) {
    this.#database = database;
    this.#upkeep = upkeep;
    this.#times = times;
  }

  /** Condemns among the next contents after `after`; `last` is null at the end. */
  condemn(after: Buffer): Promise<{ readonly condemned: number; readonly last: Buffer | null }> {
    return this.#database.transaction('write', (transaction) => condemnPage(transaction, after, PAGE));
  }

  /** Forgets claims of chunks that have run out. */
  async forgetClaims(): Promise<void> {
    while ((await forgetClaims(this.#database, PAGE)) === PAGE);
  }

  /** Condemns what lies in the store and is not known: uploads whose rows a restored database never had. Returns how many. */
  async condemnUnknown(): Promise<number> {
    let count = 0;
    let page: StoredContent[] = [];
    for await (const content of this.#upkeep.list('alone')) {
      page.push(content);
      if (page.length < PAGE) continue;
      count += await condemnUnknown(this.#database, page);
      page = [];
    }
    return count + (await condemnUnknown(this.#database, page));
  }

  /** Removes some of what has been condemned for long enough, and what a killed collection was removing. Nothing while another one does. */
  async sweep(): Promise<Swept> {
    const marked = await this.#database.transaction('write', async (transaction) =>
      (await lockCollection(transaction)) ? markDeleting(transaction, this.#times.graceMs, BATCH) : 0,
    );
    const removed = await this.#database.transaction('write', async (transaction) => {
      if (!(await lockCollection(transaction))) return [];
      const contents = await lockDeleting(transaction, BATCH);
      if (contents.length === 0) return [];
      const spared = new Set(
        await this.#upkeep.remove(
          contents.map(({ hash }) => hash),
          this.#times.idleMs,
        ),
      );
      const gone = contents.filter(({ hash }) => !spared.has(hash));
      await finishDeleting(
        transaction,
        gone.map(({ hash }) => hash),
        [...spared],
      );
      return gone;
    });
    const bytes = removed.reduce((sum, { size }) => sum + size, 0);
    return { removed: removed.length, bytes, more: marked === BATCH || removed.length === BATCH };
  }
}
