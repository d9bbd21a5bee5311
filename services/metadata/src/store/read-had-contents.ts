import type { ContentHash, RelativePath } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { pathHash } from './rows.ts';

/** Of each path and content: whether a version that is or was the head of the path had it. In the order of what was asked. */
export async function readHadContents(
  db: Queryable,
  directory: number,
  asked: readonly { readonly path: RelativePath; readonly hash: ContentHash }[],
): Promise<boolean[]> {
  if (asked.length === 0) return [];
  const rows = await db.query<{ had: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.hash = q.hash AND NOT v.lost
     ) AS had FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY q(path_hash, hash, position) ORDER BY q.position`,
    [directory, asked.map(({ path }) => pathHash(path)), asked.map(({ hash }) => Buffer.from(hash, 'hex'))],
  );
  return rows.map(({ had }) => had);
}
