import type { ContentUpkeep } from '../content/content-upkeep.ts';
import type { Database } from '../database/database.ts';
import type { CollectTimes } from './collect-times.ts';
import { Collector } from './collector.ts';
import { Compactor } from './compactor.ts';

export interface Collected {
  /** Contents that nothing refers to since now; they are removed by a later collection. */
  condemned: number;
  /** Of these, contents that lay in the store without being known. */
  unknown: number;
  /** Contents that were removed. */
  removed: number;
  /** Bytes of those. */
  bytes: number;
  /** Contents that were copied out of packs that held little else any more. */
  moved: number;
  /** Packs that were removed. */
  volumes: number;
}

/** One whole collection: everything is looked at once. Safe beside a server at work and beside other collections. */
export async function collectAll(database: Database, upkeep: ContentUpkeep, times: CollectTimes): Promise<Collected> {
  const collector = new Collector(database, upkeep, times);
  const compactor = new Compactor(database, upkeep, times);
  const done: Collected = { condemned: 0, unknown: 0, removed: 0, bytes: 0, moved: 0, volumes: 0 };
  for (let after: Buffer | null = Buffer.alloc(0); after !== null;) {
    const page: Awaited<ReturnType<Collector['condemn']>> = await collector.condemn(after);
    done.condemned += page.condemned;
    after = page.last;
  }
  await collector.forgetClaims();
  done.unknown = await collector.condemnUnknown();
  done.condemned += done.unknown;
  for (let more = true; more;) {
    const swept = await collector.sweep();
    done.removed += swept.removed;
    done.bytes += swept.bytes;
    more = swept.more;
  }
  for await (const volume of compactor.volumes()) done.moved += (await compactor.compact(volume)).moved;
  done.volumes = await compactor.removeRetired();
  return done;
}
