import type { ContentHash, RelativePath, WantedContent } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { hashBytes, hashText } from './rows.ts';

/** Paths that one content is told with. */
const MAX_PATHS = 10;

/** Lost contents that heads of a directory have, with paths of those. */
export async function lostInDirectory(db: Queryable, directory: number, limit: number): Promise<WantedContent[]> {
  const rows = await db.query<{ readonly hash: Buffer; readonly size: string; readonly paths: RelativePath[] }>(
    `SELECT b.hash, b.size, (array_agg(e.path))[1:${MAX_PATHS}] AS paths FROM blob b
     JOIN version v ON v.hash = b.hash AND v.directory = $1
     JOIN entry e ON e.directory = $1 AND e.path_hash = v.path_hash AND e.seq = v.seq AND e.ordinal = v.ordinal
     WHERE b.state = 'lost' GROUP BY b.hash, b.size LIMIT $2`,
    [directory, limit],
  );
  return rows.map(({ hash, size, paths }) => ({ hash: hashText(hash), size: Number(size), paths }));
}

export async function lostAmong(db: Queryable, hashes: readonly ContentHash[]): Promise<ContentHash[]> {
  const rows = await db.query<{ readonly hash: Buffer }>(`SELECT hash FROM blob WHERE hash = ANY($1::bytea[]) AND state = 'lost'`, [
    hashes.map(hashBytes),
  ]);
  return rows.map(({ hash }) => hashText(hash));
}
