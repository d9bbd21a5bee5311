import { type Nanoseconds, NANOSECONDS_PER_MS } from '@syncpair/contracts';
import { decideCut } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { seqAt } from '../store/head-stream.ts';
import { measureHistory, readRetention, writeMeasured } from '../store/retention-repository.ts';
import { DAY_MS, DEFAULT_RETENTION_DAYS, YOUNG_MS } from './retention-times.ts';

const toNanoseconds = (ms: number): Nanoseconds => BigInt(Math.floor(ms)) * NANOSECONDS_PER_MS;

/**
 * Measures the history of a directory that has a bound, unless nothing was written since the last time and it fits, and writes down what has
 * to go for it, and whether that is enough. Reads every version of the directory; no request waits for it.
 */
export async function measureDirectory(db: Queryable, directory: number, now: number): Promise<void> {
  const row = await readRetention(db, directory);
  if (row === null || row.maxBytes === null || (row.measured === row.head && !row.full)) return;
  const aged = await seqAt(db, directory, toNanoseconds(now - (row.days ?? DEFAULT_RETENTION_DAYS) * DAY_MS));
  const youngest = await seqAt(db, directory, toNanoseconds(now - YOUNG_MS));
  const limits = { oldEnough: Math.max(aged, row.released, row.cut), youngest, maxBytes: row.maxBytes };
  await writeMeasured(db, directory, { ...decideCut(await measureHistory(db, directory), limits), at: row.head });
}
