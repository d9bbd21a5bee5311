import { DELETION_WINDOW_MS } from '@syncpair/sync-core';
import type { Queryable, Transaction } from '../database/database.ts';
import { KIND, deviceBytes } from './rows.ts';

/** Milliseconds of one slot: a deletion counts for ten minutes and never less, at most for one slot more. */
const SLOT_MS = 30_000;
/** The device that stands for all of a directory together. */
const TOGETHER = Buffer.alloc(0);

/** Deletions in the window that ends now, of one device or of the directory. */
export interface CountedWindow {
  readonly files: number;
  /** Live files and links when the window began, null while nobody needed to know. */
  readonly live: number | null;
}

interface CountRow {
  readonly together: boolean;
  readonly files: string;
  readonly live: string | null;
}

const slotOf = (now: number): number => Math.floor(now / SLOT_MS);
const oldestSlot = (now: number): number => slotOf(now - DELETION_WINDOW_MS);

export async function readDeletionWindows(
  db: Queryable,
  directory: number,
  device: string,
  now: number,
): Promise<{ readonly device: CountedWindow; readonly directory: CountedWindow }> {
  const rows = await db.query<CountRow>(
    `SELECT length(device) = 0 AS together, sum(files) AS files, (array_agg(live ORDER BY slot))[1] AS live
     FROM deletion_count WHERE directory = $1 AND device IN ($2, $3) AND slot >= $4 GROUP BY device`,
    [directory, deviceBytes(device), TOGETHER, oldestSlot(now)],
  );
  const window = (together: boolean): CountedWindow => {
    const row = rows.find((one) => one.together === together);
    return row === undefined ? { files: 0, live: null } : { files: Number(row.files), live: row.live === null ? null : Number(row.live) };
  };
  return { device: window(false), directory: window(true) };
}

/** Live files and links of a directory. */
export async function countLiveFiles(db: Queryable, directory: number): Promise<number> {
  const [row] = await db.query<{ live: string }>(
    `SELECT count(*) AS live FROM entry WHERE directory = $1 AND kind IN (${KIND.file}, ${KIND.link})`,
    [directory],
  );
  return Number(row?.live);
}

export interface DeletionCount {
  /** Null: of the directory as a whole. */
  readonly device: string | null;
  readonly files: number;
  /** What was live when the window began, where that was counted just now. */
  readonly live: number | null;
}

/** Adds deletions to their slots, and forgets those that have left the window. */
export async function addDeletions(
  transaction: Transaction,
  directory: number,
  counts: readonly DeletionCount[],
  now: number,
): Promise<void> {
  await transaction.query(
    `WITH old AS (DELETE FROM deletion_count WHERE directory = $1 AND slot < $2)
     INSERT INTO deletion_count AS d (directory, device, slot, files)
     SELECT $1, device, $3, files FROM unnest($4::bytea[], $5::integer[]) g(device, files)
     ON CONFLICT (directory, device, slot) DO UPDATE SET files = d.files + excluded.files`,
    [directory, oldestSlot(now), slotOf(now), counts.map(deviceOf), counts.map(({ files }) => files)],
  );
  const counted = counts.filter(({ live }) => live !== null);
  if (counted.length === 0) return;
  await transaction.query(
    `UPDATE deletion_count d SET live = g.live
     FROM (
       SELECT u.device, u.live, (SELECT min(slot) FROM deletion_count m WHERE m.directory = $1 AND m.device = u.device AND m.slot >= $2) AS slot
       FROM unnest($3::bytea[], $4::bigint[]) u(device, live)
     ) g
     WHERE d.directory = $1 AND d.device = g.device AND d.slot = g.slot AND d.live IS NULL`,
    [directory, oldestSlot(now), counted.map(deviceOf), counted.map(({ live }) => live)],
  );
}

const deviceOf = ({ device }: DeletionCount): Buffer => (device === null ? TOGETHER : deviceBytes(device));

/** A person has looked: what one device deleted so far counts no more, nor does what the directory lost. */
export async function forgetDeletions(transaction: Transaction, directory: number, device: string): Promise<void> {
  await transaction.query('DELETE FROM deletion_count WHERE directory = $1 AND device IN ($2, $3)', [
    directory,
    deviceBytes(device),
    TOGETHER,
  ]);
}
