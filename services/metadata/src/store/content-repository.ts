import { type ContentHash, parseManifestLocation } from '@syncpair/contracts';
import type { ReadScope } from '../auth/access.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { nameParts } from './manifest-repository.ts';
import { hashBytes, hashText } from './rows.ts';

export interface BlobRow {
  readonly hash: Buffer;
  readonly size: string;
  readonly location: string;
}

export const toContent = (row: BlobRow): UsableContent => ({
  hash: hashText(row.hash),
  size: Number(row.size),
  location: row.location,
  proof: 'row',
});

/** Its bytes are there: they were stored, and are neither lost nor about to be removed. */
export const READABLE = "b.location <> '' AND b.state NOT IN ('deleting', 'lost')";

/** Contents, and a directory that may have them. */
export interface ContentsAsked {
  readonly directory: number;
  readonly hashes: readonly ContentHash[];
}

/** Those of the contents that some version in their directory has. In the order of what was asked. */
export async function contentsOfDirectories(db: Queryable, asked: readonly ContentsAsked[]): Promise<UsableContent[][]> {
  const found: UsableContent[][] = asked.map(() => []);
  const named = asked.flatMap(({ directory, hashes }, position) => hashes.map((hash) => ({ directory, hash, position })));
  if (named.length === 0) return found;
  const rows = await db.query<BlobRow & { position: number }>(
    // Each on its own, by the indexes.
    `SELECT q.position, b.hash, b.size, b.location FROM unnest($1::integer[], $2::bytea[], $3::integer[]) q(directory, hash, position)
     CROSS JOIN LATERAL (
       SELECT b.hash, b.size, b.location FROM blob b
       WHERE b.hash = q.hash AND ${READABLE} AND EXISTS (SELECT FROM version v WHERE v.hash = b.hash AND v.directory = q.directory) LIMIT 1
     ) b`,
    [named.map(({ directory }) => directory), named.map(({ hash }) => hashBytes(hash)), named.map(({ position }) => position)],
  );
  for (const row of rows) found[row.position]?.push(toContent(row));
  return found;
}

/** Those of the contents that some version in the directory has. */
export async function contentsOfDirectory(db: Queryable, directory: number, hashes: readonly ContentHash[]): Promise<UsableContent[]> {
  return (await contentsOfDirectories(db, [{ directory, hashes: [...new Set(hashes)] }])).flat();
}

/** Those of the contents that some version in the directory has, whole or as a part. */
export async function readableInDirectory(db: Queryable, directory: number, hashes: readonly ContentHash[]): Promise<UsableContent[]> {
  if (hashes.length === 0) return [];
  const rows = await db.query<BlobRow>(
    // Each on its own, by the indexes, and only until the first version is found.
    `SELECT b.hash, b.size, b.location FROM blob b CROSS JOIN LATERAL (
       SELECT 1 FROM version v WHERE v.hash = b.hash AND v.directory = $1
       UNION ALL
       SELECT 1 FROM manifest_chunk m JOIN version v ON v.hash = m.manifest AND v.directory = $1 WHERE m.chunk = b.hash
       LIMIT 1
     ) reason WHERE b.hash = ANY($2::bytea[]) AND ${READABLE}`,
    [directory, hashes.map(hashBytes)],
  );
  return rows.map(toContent);
}

/** Those of the contents that some version in any directory of the scope has. */
export async function contentsOfScope(db: Queryable, scope: ReadScope, hashes: readonly ContentHash[]): Promise<UsableContent[]> {
  if (hashes.length === 0) return [];
  const rows = await db.query<BlobRow>(
    `SELECT b.hash, b.size, b.location FROM blob b
     WHERE b.hash = ANY($1::bytea[]) AND ${READABLE} AND EXISTS (
       SELECT FROM version v JOIN directory d ON d.id = v.directory WHERE v.hash = b.hash AND (d.shared OR d.owner = $2)
     )`,
    [hashes.map(hashBytes), scope.client],
  );
  return rows.map(toContent);
}

/**
 * A receipt counts for the row that was there when it was given: were the content removed since, its row would have been made anew. Clocks of
 * the store and of PostgreSQL may differ by as much; the pins are what keeps contents, this only catches a pin that did not.
 */
const CLOCKS_DIFFER = "interval '2 seconds'";

/**
 * Makes contents those of versions that the same transaction writes, and their parts theirs: all their rows stay locked until it ends, so that
 * no collection can remove what is being named. A newer receipt has the newer location: the bytes may have been lost and put again.
 *
 * @param locked what to do where another transaction has a row: wait for it, or tell that the content cannot be named now
 * @returns those, parts among them, that cannot be named now, because they are being removed, or have been since their proof; nothing may be
 *   written then
 */
export async function takeContents(
  transaction: Transaction,
  contents: readonly UsableContent[],
  locked: 'wait' | 'skip' = 'wait',
): Promise<ContentHash[]> {
  if (contents.length === 0) return [];
  const all = eachOnce(contents);
  const rows = await transaction.query<{ readonly hash: Buffer }>(
    `WITH named AS (
       SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::float8[]) n(hash, size, location, proven_at)
     ), locked AS MATERIALIZED (
       -- In one order everywhere, so that two transactions with the same contents never wait for each other in a circle.
       SELECT hash FROM blob WHERE hash = ANY($1::bytea[]) ORDER BY hash FOR NO KEY UPDATE ${locked === 'skip' ? 'SKIP LOCKED' : ''}
     )
     UPDATE blob b SET state = 'live', condemned_at = NULL,
       location = coalesce(n.location, b.location), size = CASE WHEN n.location IS NULL THEN b.size ELSE n.size END
     FROM locked l JOIN named n ON n.hash = l.hash
     WHERE b.hash = l.hash AND b.state <> 'deleting' AND CASE
       WHEN n.location IS NULL THEN b.location <> '' AND b.state <> 'lost'
       ELSE n.proven_at IS NULL OR to_timestamp(n.proven_at / 1000) + ${CLOCKS_DIFFER} >= b.stored_at END
     RETURNING b.hash`,
    [
      all.map(({ hash }) => hashBytes(hash)),
      all.map(({ size }) => size),
      // A place that nobody has told replaces none.
      all.map(({ location, proof }) => (proof === 'row' || location === '' ? null : location)),
      all.map(({ proof }) => (typeof proof === 'number' ? proof : null)),
    ],
  );
  if (rows.length < all.length) {
    const taken = new Set(rows.map(({ hash }) => hashText(hash)));
    return all.map(({ hash }) => hash).filter((hash) => !taken.has(hash));
  }
  for (const { hash, parts } of contents) {
    if (parts === undefined) continue;
    await nameParts(
      transaction,
      hash,
      parts.map((part) => part.hash),
    );
  }
  return [];
}

/** The contents and their parts, each by the best of its proofs. */
function eachOnce(contents: readonly UsableContent[]): UsableContent[] {
  const all = new Map<ContentHash, UsableContent>();
  for (const content of contents) {
    // Its chunks would be nobody's, and collected.
    if (content.proof !== 'row' && content.parts === undefined && parseManifestLocation(content.location) !== null)
      throw new Error(`the content ${content.hash} is named without its parts`);
    for (const one of [content, ...(content.parts ?? [])]) if ((all.get(one.hash)?.proof ?? 'row') === 'row') all.set(one.hash, one);
  }
  return [...all.values()];
}
