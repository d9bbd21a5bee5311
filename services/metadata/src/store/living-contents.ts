import type { ContentHash, RelativePath } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { KIND, hashBytes, hashText, pathHash } from './rows.ts';

/** Which of the contents are live in a directory under a name that is none of `leaving`. */
export async function readLivingContents(
  db: Queryable,
  directory: number,
  contents: readonly ContentHash[],
  leaving: readonly RelativePath[],
): Promise<Set<ContentHash>> {
  if (contents.length === 0) return new Set();
  const rows = await db.query<{ hash: Buffer }>(
    `SELECT q.hash FROM unnest($2::bytea[]) q(hash)
     WHERE EXISTS (
       SELECT FROM version v JOIN entry e ON e.directory = v.directory AND e.path_hash = v.path_hash AND e.seq = v.seq AND e.ordinal = v.ordinal
       WHERE v.hash = q.hash AND v.directory = $1 AND e.kind = ${KIND.file} AND e.path_hash NOT IN (SELECT unnest($3::bytea[]))
     )`,
    [directory, contents.map(hashBytes), leaving.map(pathHash)],
  );
  return new Set(rows.map(({ hash }) => hashText(hash)));
}
