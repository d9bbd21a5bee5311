import type { ContentHash } from '@syncpair/contracts';
import type { Queryable, Transaction } from '../database/database.ts';
import { hashBytes, hashText } from './rows.ts';

/** A content, its size in bytes, and for how many milliseconds it is kept. */
export interface Pin {
  readonly hash: ContentHash;
  readonly size: number;
  readonly forMs: number;
}

/**
 * Keeps collections away from contents that somebody is about to upload, for so many milliseconds each; a longer pin stays. What was
 * condemned is wanted again.
 *
 * @returns those that are being removed at this moment, which cannot be pinned before they are gone
 */
export function pinContents(transaction: Transaction, pins: readonly Pin[]): Promise<ContentHash[]> {
  return pin(transaction, pins, 'SELECT');
}

/** `pinContents` in a transaction of its own, which is not waited for until it is on the disk. */
export function pinUnflushed(db: Queryable, pins: readonly Pin[]): Promise<ContentHash[]> {
  return pin(db, pins, "SELECT set_config('synchronous_commit', 'off', true)");
}

async function pin(db: Queryable, pins: readonly Pin[], first: string): Promise<ContentHash[]> {
  if (pins.length === 0) return [];
  const sorted = pins.toSorted((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  const rows = await db.query<{ readonly hash: Buffer }>(
    `WITH first AS MATERIALIZED (${first})
     INSERT INTO blob AS b (hash, size, location, state, pinned_until)
     SELECT hash, size, '', 'pending', now() + for_ms * interval '1 millisecond'
     FROM unnest($1::bytea[], $2::bigint[], $3::float8[]) p(hash, size, for_ms), first
     ON CONFLICT (hash) DO UPDATE SET
       pinned_until = greatest(b.pinned_until, excluded.pinned_until),
       state = CASE WHEN b.state <> 'condemned' THEN b.state WHEN b.location = '' THEN 'pending' ELSE 'live' END,
       condemned_at = NULL
     WHERE b.state <> 'deleting'
     RETURNING b.hash`,
    [sorted.map(({ hash }) => hashBytes(hash)), sorted.map(({ size }) => size), sorted.map(({ forMs }) => forMs)],
  );
  const pinned = new Set(rows.map(({ hash }) => hashText(hash)));
  return sorted.map(({ hash }) => hash).filter((hash) => !pinned.has(hash));
}
