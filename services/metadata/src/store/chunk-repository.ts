import type { ContentHash } from '@syncpair/contracts';
import type { ReadScope } from '../auth/access.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { type BlobRow, READABLE, toContent } from './content-repository.ts';
import { hashBytes } from './rows.ts';

/**
 * Those of the contents that a directory may make another content of: it has claimed them, or some version in a directory of the scope has
 * them, whole or as a part.
 */
export async function usableChunks(
  db: Queryable,
  directory: number,
  scope: ReadScope,
  hashes: readonly ContentHash[],
): Promise<UsableContent[]> {
  if (hashes.length === 0) return [];
  const rows = await db.query<BlobRow>(
    // Each on its own, by the indexes, and only until the first reason is found.
    `SELECT b.hash, b.size, b.location FROM blob b CROSS JOIN LATERAL (
       SELECT 1 FROM chunk_claim c WHERE c.directory = $2 AND c.hash = b.hash AND c.until > now()
       UNION ALL
       SELECT 1 FROM version v JOIN directory d ON d.id = v.directory WHERE v.hash = b.hash AND (d.shared OR d.owner = $3)
       UNION ALL
       SELECT 1 FROM manifest_chunk m JOIN version v ON v.hash = m.manifest JOIN directory d ON d.id = v.directory
       WHERE m.chunk = b.hash AND (d.shared OR d.owner = $3)
       LIMIT 1
     ) reason WHERE b.hash = ANY($1::bytea[]) AND ${READABLE}`,
    [hashes.map(hashBytes), directory, scope.client],
  );
  return rows.map(toContent);
}

/** Lets a directory name these contents for so many milliseconds; a longer claim stays. */
export async function claimChunks(
  transaction: Transaction,
  directory: number,
  hashes: readonly ContentHash[],
  forMs: number,
): Promise<void> {
  await transaction.query(
    `INSERT INTO chunk_claim AS c (directory, hash, until)
     SELECT $1, hash, now() + $3::float8 * interval '1 millisecond' FROM unnest($2::bytea[]) h(hash)
     ON CONFLICT (directory, hash) DO UPDATE SET until = greatest(c.until, excluded.until)`,
    [directory, hashes.toSorted().map(hashBytes), forMs],
  );
}

/** Forgets claims that have run out, some at a time. Returns how many were. */
export async function forgetClaims(db: Queryable, limit: number): Promise<number> {
  const rows = await db.query(
    `DELETE FROM chunk_claim c USING (SELECT directory, hash FROM chunk_claim WHERE until <= now() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED) p
     WHERE c.directory = p.directory AND c.hash = p.hash RETURNING 1`,
    [limit],
  );
  return rows.length;
}
