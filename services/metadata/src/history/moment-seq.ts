import { DomainError, type Nanoseconds, type Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import type { Directory } from '../store/directory-repository.ts';
import { seqAt } from '../store/head-stream.ts';

/**
 * The commit after which a directory was as it was at a moment; what lies ahead of its head is its head.
 *
 * @throws {DomainError} `history_expired` when versions that were heads then may be gone
 */
export async function momentSeq(
  db: Queryable,
  directory: Directory,
  at: { readonly time: Nanoseconds } | { readonly seq: Seq },
): Promise<Seq> {
  const wanted = 'seq' in at ? at.seq : await seqAt(db, directory.id, at.time);
  if (wanted < directory.released) await refuseExpired(db, directory);
  return Math.min(wanted, directory.head);
}

/** @throws {DomainError} always, telling how far the history reaches */
export async function refuseExpired(db: Queryable, directory: Directory): Promise<never> {
  const [row] = await db.query<{ at: Date }>('SELECT at FROM commit WHERE directory = $1 AND seq >= $2 ORDER BY seq LIMIT 1', [
    directory.id,
    directory.released,
  ]);
  const since = row === undefined ? 'commit ' + String(directory.released) : row.at.toISOString();
  throw new DomainError('history_expired', `the history of this directory reaches back to ${since}; older versions have expired`);
}
