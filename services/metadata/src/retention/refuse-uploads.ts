import type { Change, ContentHash, ErrorCode, Outcome } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { contentsOfDirectory } from '../store/content-repository.ts';
import type { Directory } from '../store/directory-repository.ts';

export const HISTORY_FULL =
  'the history of this directory takes more room than it may, and none of it may go yet; raise the bound with "syncpair retention --max-size", or wait a day';

const CODE: ErrorCode = 'history_full';

/** Answers to those changes that would bring new contents into a directory whose history is full; everything else goes on. */
export async function refuseUploads(db: Queryable, directory: Directory, changes: readonly Change[]): Promise<Map<string, Outcome>> {
  if (!directory.historyFull) return new Map();
  const hashes = new Set<ContentHash>();
  for (const change of changes) if (change.op === 'put' && change.entry.kind === 'file') hashes.add(change.entry.hash);
  const known = new Set((await contentsOfDirectory(db, directory.id, [...hashes])).map(({ hash }) => hash));
  const refused = new Map<string, Outcome>();
  for (const change of changes) {
    if (change.op !== 'put' || change.entry.kind !== 'file' || known.has(change.entry.hash)) continue;
    refused.set(change.id, { id: change.id, status: 'rejected', code: CODE, message: HISTORY_FULL });
  }
  return refused;
}
