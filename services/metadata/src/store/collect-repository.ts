import type { ContentHash } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { REFERRED } from './referred.ts';
import { hashBytes, hashText } from './rows.ts';

/** "gc" and a random rest: what takes it collects, one process at a time; what shares it has contents left alone. */
export const COLLECT_LOCK = '7449355549118358';

/** Whether this transaction is the only one that collects; never waits. */
export async function lockCollection(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ readonly taken: boolean }>(`SELECT pg_try_advisory_xact_lock(${COLLECT_LOCK}) AS taken`);
  return row?.taken === true;
}

export interface CondemnedPage {
  readonly condemned: number;
  /** The last content that was looked at; null when there are no more. */
  readonly last: Buffer | null;
}

/**
 * Condemns what nothing refers to and nobody may be uploading, among the next contents after `after`; what is referred to after all is live.
 * A commit that is under way may not be seen yet: `markDeleting` looks again.
 */
export async function condemnPage(transaction: Transaction, after: Buffer, limit: number): Promise<CondemnedPage> {
  const [page] = await transaction.query<{ readonly last: Buffer | null }>(
    'SELECT max_hash AS last FROM (SELECT hash AS max_hash FROM blob WHERE hash > $1 ORDER BY hash LIMIT $2) p ORDER BY max_hash DESC LIMIT 1',
    [after, limit],
  );
  if (page === undefined || page.last === null) return { condemned: 0, last: null };
  const range = [after, page.last];
  const condemned = await transaction.query<{ readonly hash: Buffer }>(
    `UPDATE blob t SET state = 'condemned', condemned_at = now() FROM (
       SELECT b.hash FROM blob b WHERE b.hash > $1 AND b.hash <= $2 AND b.state IN ('pending', 'live', 'lost') AND b.pinned_until < now()
         AND NOT ${REFERRED} FOR NO KEY UPDATE OF b SKIP LOCKED
     ) p WHERE t.hash = p.hash RETURNING t.hash`,
    range,
  );
  await transaction.query(
    `UPDATE blob t SET state = 'live', condemned_at = NULL FROM (
       SELECT b.hash FROM blob b WHERE b.hash > $1 AND b.hash <= $2 AND b.state = 'condemned' AND b.location <> '' AND ${REFERRED}
       FOR NO KEY UPDATE OF b SKIP LOCKED
     ) p WHERE t.hash = p.hash`,
    range,
  );
  return { condemned: condemned.length, last: page.last };
}

/** Contents that stand in the store and have no row: they are condemned from now on. Returns how many were. */
export async function condemnUnknown(db: Queryable, contents: readonly StoredContent[]): Promise<number> {
  const rows = await db.query(
    `INSERT INTO blob (hash, size, location, state, condemned_at)
     SELECT hash, size, location, 'condemned', now() FROM unnest($1::bytea[], $2::bigint[], $3::text[]) c(hash, size, location)
     ON CONFLICT (hash) DO NOTHING RETURNING 1`,
    [contents.map(({ hash }) => hashBytes(hash)), contents.map(({ size }) => size), contents.map(({ location }) => location)],
  );
  return rows.length;
}

/**
 * The point of no return: contents that were condemned `graceMs` ago, have no pin and are not referred to are marked as being removed. Their rows are
 * locked first and judged by a statement that begins afterwards, so a commit has either been seen or will see the mark.
 */
export async function markDeleting(transaction: Transaction, graceMs: number, limit: number): Promise<number> {
  const picked = await transaction.query<{ readonly hash: Buffer }>(
    `SELECT hash FROM blob WHERE state = 'condemned' AND condemned_at <= now() - $1::float8 * interval '1 millisecond' AND pinned_until < now()
     ORDER BY condemned_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [graceMs, limit],
  );
  if (picked.length === 0) return 0;
  const hashes = picked.map(({ hash }) => hash);
  await transaction.query(
    `UPDATE blob b SET state = CASE WHEN ${REFERRED} THEN 'live' ELSE 'deleting' END, condemned_at = CASE WHEN ${REFERRED} THEN NULL ELSE condemned_at END
     WHERE b.hash = ANY($1::bytea[])`,
    [hashes],
  );
  return picked.length;
}

/**
 * Contents that are being removed, their rows locked: whoever wants one waits. One whose row is locked is waited for and not passed over, since
 * whoever asks for it again and again locks it for moments, and would be told to wait until the next collection.
 */
export async function lockDeleting(transaction: Transaction, limit: number): Promise<{ hash: ContentHash; size: number }[]> {
  const rows = await transaction.query<{ readonly hash: Buffer; readonly size: string }>(
    `SELECT hash, size FROM blob WHERE state = 'deleting' ORDER BY hash LIMIT $1 FOR UPDATE`,
    [limit],
  );
  return rows.map(({ hash, size }) => ({ hash: hashText(hash), size: Number(size) }));
}

/**
 * Forgets contents whose bytes are gone; the database then forgets what they consisted of, and a later page condemns their parts. Those that
 * were spared are condemned anew.
 */
export async function finishDeleting(
  transaction: Transaction,
  gone: readonly ContentHash[],
  spared: readonly ContentHash[],
): Promise<void> {
  await transaction.query(`DELETE FROM blob WHERE hash = ANY($1::bytea[]) AND state = 'deleting'`, [gone.map(hashBytes)]);
  if (spared.length === 0) return;
  await transaction.query(
    `UPDATE blob SET state = 'condemned', condemned_at = now() WHERE hash = ANY($1::bytea[]) AND state = 'deleting'`,
    [spared.map(hashBytes)],
  );
}

/** Where a collection stopped, to go on there; empty for the beginning, null when a whole round ended less than `restMs` ago. */
export async function readPlace(db: Queryable, name: string, restMs: number): Promise<Buffer | null> {
  const [row] = await db.query<{ readonly place: Buffer; readonly resting: boolean }>(
    `SELECT place, length(place) = 0 AND at > now() - $2::float8 * interval '1 millisecond' AS resting FROM upkeep WHERE name = $1`,
    [name, restMs],
  );
  if (row === undefined) return Buffer.alloc(0);
  return row.resting ? null : row.place;
}

export async function writePlace(db: Queryable, name: string, place: Buffer): Promise<void> {
  await db.query(
    `INSERT INTO upkeep (name, place, at) VALUES ($1, $2, now()) ON CONFLICT (name) DO UPDATE SET place = excluded.place, at = excluded.at`,
    [name, place],
  );
}
