import { randomBytes } from 'node:crypto';
import { type DirectoryKey, type DirectoryRef, type HoldState, type Seq, directoryKey } from '@syncpair/contracts';
import type { HoldLimits } from '@syncpair/sync-core';
import type { Queryable, Transaction } from '../database/database.ts';

export interface Directory {
  readonly id: number;
  /** Changes when the history of the directory is not the one that clients know. */
  readonly epoch: string;
  /** The latest sequence number. */
  readonly head: Seq;
  readonly openConflicts: number;
  readonly holds: HoldState;
  /** Of this directory alone; null where the server's default counts. */
  readonly holdLimits: HoldLimits | null;
  /** What was replaced up to here has no content any more. */
  readonly released: Seq;
  /** Up to here the log may lack what was replaced: who has not read it so far joins anew. */
  readonly dropped: Seq;
  /** History takes more than it may, and nothing of it may go: no content may come in. */
  readonly historyFull: boolean;
}

/** A directory together with the mark of its latest commit, as one reading of the database saw them. */
export interface MarkedDirectory extends Directory {
  /** Null where that commit has none. */
  readonly mark: string | null;
}

interface DirectoryRow {
  readonly id: number;
  readonly epoch: string;
  readonly head_seq: string;
  readonly open_conflicts: number;
  readonly open_holds: number;
  readonly holds_revision: number;
  readonly hold_limits: HoldLimits | null;
  readonly released_seq: string;
  readonly dropped_seq: string;
  readonly history_full: boolean;
}

const COLUMNS = 'id, epoch, head_seq, open_conflicts, open_holds, holds_revision, hold_limits, released_seq, dropped_seq, history_full';

const toDirectory = (row: DirectoryRow): Directory => ({
  id: row.id,
  epoch: row.epoch,
  head: Number(row.head_seq),
  openConflicts: row.open_conflicts,
  holds: { open: row.open_holds, revision: row.holds_revision },
  holdLimits: row.hold_limits,
  released: Number(row.released_seq),
  dropped: Number(row.dropped_seq),
  historyFull: row.history_full,
});

interface MarkedRow extends DirectoryRow {
  readonly mark: string | null;
}

/** Not for a statement that locks: after waiting it would see the new head beside an old look at the marks. */
const MARKED = `${COLUMNS}, (SELECT mark FROM commit WHERE commit.directory = directory.id AND commit.seq = directory.head_seq) AS mark`;
const toMarked = (row: MarkedRow): MarkedDirectory => ({ ...toDirectory(row), mark: row.mark });

export async function findDirectory(db: Queryable, key: DirectoryKey): Promise<MarkedDirectory | null> {
  const [row] = await db.query<MarkedRow>(`SELECT ${MARKED} FROM directory WHERE key = $1`, [key]);
  return row === undefined ? null : toMarked(row);
}

/** The directory, made at its first contact. */
export async function ensureDirectory(db: Queryable, ref: DirectoryRef): Promise<MarkedDirectory> {
  const key = directoryKey(ref);
  const found = await findDirectory(db, key);
  if (found !== null) return found;
  await db.query('INSERT INTO directory (key, name, shared, owner, epoch) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING', [
    key,
    ref.name,
    ref.shared,
    ref.shared ? null : ref.client_id,
    randomBytes(16).toString('hex'),
  ]);
  return (await findDirectory(db, key)) as MarkedDirectory;
}

/** The directory, with its row locked until the transaction ends: this is what makes sequence numbers gapless. */
export async function lockDirectory(transaction: Transaction, key: DirectoryKey): Promise<Directory | null> {
  const [row] = await transaction.query<DirectoryRow>(`SELECT ${COLUMNS} FROM directory WHERE key = $1 FOR UPDATE`, [key]);
  return row === undefined ? null : toDirectory(row);
}

/**
 * Those of the directories whose rows nobody else has locked, with their rows locked until the transaction ends. It waits for none of them, and
 * so is no part of a circle of transactions that wait for each other.
 */
export async function lockFreeDirectories(transaction: Transaction, keys: readonly DirectoryKey[]): Promise<Map<DirectoryKey, Directory>> {
  const rows = await transaction.query<DirectoryRow & { key: DirectoryKey }>(
    `SELECT key, ${COLUMNS} FROM directory WHERE key = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [keys],
  );
  return new Map(rows.map((row) => [row.key, toDirectory(row)]));
}

/** The directories that there are, each as one reading of the database saw them all. */
export async function findDirectories(db: Queryable, keys: readonly DirectoryKey[]): Promise<Map<DirectoryKey, MarkedDirectory>> {
  const rows = await db.query<MarkedRow & { key: DirectoryKey }>(`SELECT key, ${MARKED} FROM directory WHERE key = ANY($1::text[])`, [
    keys,
  ]);
  return new Map(rows.map((row) => [row.key, toMarked(row)]));
}

/** Where the logs of these directories stand. */
export async function readDirectories(db: Queryable, ids: readonly number[]): Promise<MarkedDirectory[]> {
  const rows = await db.query<MarkedRow>(`SELECT ${MARKED} FROM directory WHERE id = ANY($1::integer[])`, [ids]);
  return rows.map(toMarked);
}
