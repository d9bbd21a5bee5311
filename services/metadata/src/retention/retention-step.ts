import { NANOSECONDS_PER_MS, type Seq } from '@syncpair/contracts';
import type { Database, Transaction } from '../database/database.ts';
import { seqAt } from '../store/head-stream.ts';
import {
  type RetentionRow,
  dropConflicts,
  dropMoves,
  lockRetention,
  readLeastApplied,
  readPathsWritten,
  readStepEnd,
  writeExpired,
} from '../store/retention-repository.ts';
import { expirePaths } from './expire-paths.ts';
import { DAY_MS, DEFAULT_RETENTION_DAYS, DEVICE_COUNTS_DAYS } from './retention-times.ts';

/** Lines of the log, and conflicts, that one step goes through. */
const LINES = 2_000;
const CONFLICTS = 500;

/**
 * One bounded step of letting a directory's history expire, in a transaction of its own; nothing while another replica is at it. Returns true
 * when there is more to do.
 */
export function retentionStep(database: Database, directory: number, now: number): Promise<boolean> {
  return database.transaction('write', async (transaction) => {
    const row = await lockRetention(transaction, directory);
    if (row === null) return false;
    const oldEnough = new Date(now - (row.days ?? DEFAULT_RETENTION_DAYS) * DAY_MS);
    const aged = await seqAt(transaction, directory, BigInt(oldEnough.getTime()) * NANOSECONDS_PER_MS);
    const cut = Math.max(row.released, row.cut, aged);
    const applied = await readLeastApplied(transaction, directory, new Date(now - DEVICE_COUNTS_DAYS * DAY_MS));
    const drop = Math.max(row.dropped, Math.min(cut, applied ?? cut));
    if (await expireLog(transaction, row, { cut, drop })) return true;
    const keys = await dropConflicts(transaction, directory, oldEnough, CONFLICTS);
    await expirePaths(transaction, directory, keys, row);
    return keys.length > 0;
  });
}

/** Goes on through the log: while every device keeps up, versions are dropped as they expire; else they lose their content first. */
async function expireLog(
  transaction: Transaction,
  { id, released, dropped }: RetentionRow,
  { cut, drop }: { readonly cut: Seq; readonly drop: Seq },
): Promise<boolean> {
  const together = released === dropped && drop > dropped;
  if (!together && released >= cut && dropped >= drop) return false;
  const dropping = together || released >= cut;
  const from = dropping ? dropped : released;
  const end = await readStepEnd(transaction, id, from, dropping ? drop : cut, LINES);
  const next = { released: dropping ? Math.max(released, end) : end, dropped: dropping ? end : dropped };
  await expirePaths(transaction, id, await readPathsWritten(transaction, id, from, end), next);
  if (dropping) await dropMoves(transaction, id, end);
  await writeExpired(transaction, id, next);
  return true;
}
