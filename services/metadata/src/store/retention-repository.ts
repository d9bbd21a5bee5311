import type { Seq } from '@syncpair/contracts';
import type { AgedVersion, ReplacedContents } from '@syncpair/sync-core';
import type { Queryable, Transaction } from '../database/database.ts';
import { KIND, toVersionId, versionColumns } from './rows.ts';

/** What is set, and how far the history of a directory has expired. */
export interface RetentionRow {
  readonly id: number;
  readonly head: Seq;
  /** Null: the default. */
  readonly days: number | null;
  readonly maxBytes: number | null;
  /** Of contents for history only, when it was last measured. */
  readonly historyBytes: number | null;
  readonly full: boolean;
  readonly released: Seq;
  readonly dropped: Seq;
  /** What takes too much room has to go up to here. */
  readonly cut: Seq;
  /** The head when history was measured. */
  readonly measured: Seq | null;
}

const COLUMNS =
  'id, head_seq, retention_days, history_max_bytes, history_bytes, history_full, released_seq, dropped_seq, history_cut_seq, measured_seq';

interface Row {
  readonly id: number;
  readonly head_seq: string;
  readonly retention_days: number | null;
  readonly history_max_bytes: string | null;
  readonly history_bytes: string | null;
  readonly history_full: boolean;
  readonly released_seq: string;
  readonly dropped_seq: string;
  readonly history_cut_seq: string;
  readonly measured_seq: string | null;
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));
const toRetention = (row: Row): RetentionRow => ({
  id: row.id,
  head: Number(row.head_seq),
  days: row.retention_days,
  maxBytes: numberOrNull(row.history_max_bytes),
  historyBytes: numberOrNull(row.history_bytes),
  full: row.history_full,
  released: Number(row.released_seq),
  dropped: Number(row.dropped_seq),
  cut: Number(row.history_cut_seq),
  measured: numberOrNull(row.measured_seq),
});

export async function readRetention(db: Queryable, directory: number): Promise<RetentionRow | null> {
  const [row] = await db.query<Row>(`SELECT ${COLUMNS} FROM directory WHERE id = $1`, [directory]);
  return row === undefined ? null : toRetention(row);
}

/** A number of its own among PostgreSQL's advisory locks. */
const LOCK = 1_765_100_000;

/** The same, locked as commits lock it; null when another replica is at it, or there is no such directory. */
export async function lockRetention(transaction: Transaction, directory: number): Promise<RetentionRow | null> {
  const [lock] = await transaction.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS taken', [LOCK, directory]);
  if (lock?.taken !== true) return null;
  const [row] = await transaction.query<Row>(`SELECT ${COLUMNS} FROM directory WHERE id = $1 FOR UPDATE`, [directory]);
  return row === undefined ? null : toRetention(row);
}

/** Directories after `after` in the order of their ids, at most `limit`; and all that have a bound and were written to since it was measured. */
export async function readDirectoriesInTurn(
  db: Queryable,
  after: number,
  limit: number,
): Promise<{ readonly next: number[]; readonly bounded: number[] }> {
  const next = await db.query<{ id: number }>('SELECT id FROM directory WHERE id > $1 ORDER BY id LIMIT $2', [after, limit]);
  const bounded = await db.query<{ id: number }>(
    'SELECT id FROM directory WHERE history_max_bytes IS NOT NULL AND measured_seq IS DISTINCT FROM head_seq ORDER BY id',
  );
  return { next: next.map(({ id }) => id), bounded: bounded.map(({ id }) => id) };
}

export async function writeRetention(
  db: Queryable,
  directory: number,
  settings: { readonly days?: number | null | undefined; readonly maxBytes?: number | null | undefined },
): Promise<void> {
  await db.query(
    `UPDATE directory SET
       retention_days = CASE WHEN $2 THEN $3 ELSE retention_days END,
       history_max_bytes = CASE WHEN $4 THEN $5 ELSE history_max_bytes END,
       history_full = CASE WHEN $4 AND $5::bigint IS NULL THEN false ELSE history_full END,
       history_cut_seq = released_seq,
       measured_seq = NULL
     WHERE id = $1`,
    [directory, settings.days !== undefined, settings.days ?? null, settings.maxBytes !== undefined, settings.maxBytes ?? null],
  );
}

/** How far every device has applied the log that was seen since a time; null when there is none. */
export async function readLeastApplied(db: Queryable, directory: number, since: Date): Promise<Seq | null> {
  const [row] = await db.query<{ seq: string | null }>(
    'SELECT min(least(cursor, applied)) AS seq FROM device_directory WHERE directory = $1 AND last_seen >= $2',
    [directory, since],
  );
  return numberOrNull(row?.seq ?? null);
}

/** The last commit of a step that begins after one and does not go beyond another: about `lines` lines of the log, one commit at least. */
export async function readStepEnd(db: Queryable, directory: number, after: Seq, upTo: Seq, lines: number): Promise<Seq> {
  const [row] = await db.query<{ seq: string | null }>(
    `SELECT max(seq) AS seq FROM (
       SELECT seq, sum(lines) OVER (ORDER BY seq) AS total, row_number() OVER (ORDER BY seq) AS position
       FROM (SELECT seq, lines FROM commit WHERE directory = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) rows
     ) counted WHERE total <= $4 OR position = 1`,
    [directory, after, upTo, lines],
  );
  return Number(row?.seq ?? upTo);
}

/** Paths that commits after one and up to another wrote, by their keys. */
export async function readPathsWritten(db: Queryable, directory: number, after: Seq, upTo: Seq): Promise<Buffer[]> {
  const rows = await db.query<{ path_hash: Buffer }>(
    'SELECT DISTINCT path_hash FROM version WHERE directory = $1 AND seq > $2 AND seq <= $3',
    [directory, after, upTo],
  );
  return rows.map(({ path_hash }) => path_hash);
}

/** A version of a path that is looked at. */
export interface AgedRow extends AgedVersion {
  /** The key of the path. */
  readonly key: Buffer;
}

/**
 * Versions of these paths up to a commit: all of them, or (`withContent`) those that have a content and the latest that is no loser.
 */
export async function readAged(
  db: Queryable,
  directory: number,
  keys: readonly Buffer[],
  upTo: Seq,
  { withContent }: { readonly withContent: boolean },
): Promise<AgedRow[]> {
  const rows = await db.query<{ path_hash: Buffer; seq: string; ordinal: number; kind: number; lost: boolean }>(
    `SELECT v.path_hash, v.seq, v.ordinal, v.kind, v.lost FROM unnest($2::bytea[]) q(path_hash)
     LEFT JOIN LATERAL (
       SELECT l.seq, l.ordinal FROM version l WHERE l.directory = $1 AND l.path_hash = q.path_hash AND l.seq <= $3 AND NOT l.lost
       ORDER BY l.seq DESC, l.ordinal DESC LIMIT 1
     ) latest ON true
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq <= $3
     ) v
     WHERE NOT $4 OR v.hash IS NOT NULL OR (v.seq = latest.seq AND v.ordinal = latest.ordinal)`,
    [directory, keys, upTo, withContent],
  );
  const names = Object.entries(KIND) as [AgedVersion['kind'], number][];
  return rows.map((row) => ({
    key: row.path_hash,
    version: toVersionId(row.seq, row.ordinal),
    kind: (names.find(([, kind]) => kind === row.kind) as [AgedVersion['kind'], number])[0],
    lost: row.lost,
  }));
}

/** Of these paths: the head, and the sides of conflicts that are listed. */
export async function readPathFacts(
  db: Queryable,
  directory: number,
  keys: readonly Buffer[],
): Promise<Map<string, { readonly head: AgedVersion['version']; readonly sides: Set<AgedVersion['version']> }>> {
  const rows = await db.query<{ path_hash: Buffer; seq: string; ordinal: number; sides: string[] | null }>(
    `SELECT e.path_hash, e.seq, e.ordinal, s.sides FROM unnest($2::bytea[]) q(path_hash)
     JOIN entry e ON e.directory = $1 AND e.path_hash = q.path_hash
     LEFT JOIN LATERAL (
       SELECT array_agg(c.winner_seq || '.' || c.winner_ordinal) || array_agg(c.loser_seq || '.' || c.loser_ordinal)
         || array_agg(coalesce(c.base_seq || '.' || c.base_ordinal, '')) AS sides
       FROM conflict c WHERE c.directory = $1 AND left(c.path, 512) = left(e.path, 512) AND c.path = e.path
     ) s ON true`,
    [directory, keys],
  );
  return new Map(
    rows.map((row) => [
      row.path_hash.toString('hex'),
      { head: toVersionId(row.seq, row.ordinal), sides: new Set((row.sides ?? []) as AgedVersion['version'][]) },
    ]),
  );
}

interface NamedRow {
  readonly key: Buffer;
  readonly version: AgedVersion['version'];
}

const named = (rows: readonly NamedRow[]): unknown[] => {
  const ids = rows.map(({ version }) => versionColumns(version));
  return [rows.map(({ key }) => key), ids.map(([seq]) => seq), ids.map(([, ordinal]) => ordinal)];
};

/** The contents of these versions are not theirs any more. */
export async function releaseContents(transaction: Transaction, directory: number, rows: readonly NamedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(
    `UPDATE version v SET gone_hash = v.hash, hash = NULL FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) q(path_hash, seq, ordinal)
     WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq = q.seq AND v.ordinal = q.ordinal AND v.hash IS NOT NULL`,
    [directory, ...named(rows)],
  );
}

export async function dropVersions(transaction: Transaction, directory: number, rows: readonly NamedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction.query(
    `DELETE FROM version v USING unnest($2::bytea[], $3::bigint[], $4::integer[]) q(path_hash, seq, ordinal)
     WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq = q.seq AND v.ordinal = q.ordinal`,
    [directory, ...named(rows)],
  );
}

/** Removes heads that are deletions; their versions are dropped apart. */
export async function dropEntries(transaction: Transaction, directory: number, keys: readonly Buffer[]): Promise<void> {
  if (keys.length === 0) return;
  await transaction.query('DELETE FROM entry WHERE directory = $1 AND path_hash = ANY($2::bytea[]) AND kind = 0', [directory, keys]);
}

/** Moves up to a commit that nothing is found by any more: a conflict follows those that came after it. */
export async function dropMoves(transaction: Transaction, directory: number, upTo: Seq): Promise<void> {
  await transaction.query(
    `DELETE FROM move WHERE directory = $1 AND seq <= $2
     AND seq < coalesce((SELECT c.seq FROM conflict c WHERE c.directory = $1 ORDER BY c.seq, c.ordinal LIMIT 1), $2 + 1)`,
    [directory, upTo],
  );
}

/** Forgets conflicts that were resolved before a time, at most `limit`. Returns the keys of their paths. */
export async function dropConflicts(transaction: Transaction, directory: number, before: Date, limit: number): Promise<Buffer[]> {
  const rows = await transaction.query<{ path_hash: Buffer }>(
    `WITH old AS (
       SELECT seq, ordinal FROM conflict WHERE directory = $1 AND resolved_at < $2 ORDER BY resolved_at LIMIT $3
     ), gone AS (
       DELETE FROM conflict c USING old WHERE c.directory = $1 AND c.seq = old.seq AND c.ordinal = old.ordinal RETURNING c.path
     )
     SELECT DISTINCT sha256(convert_to(path, 'UTF8')) AS path_hash FROM gone`,
    [directory, before, limit],
  );
  return rows.map(({ path_hash }) => path_hash);
}

export async function writeExpired(
  transaction: Transaction,
  directory: number,
  expired: { readonly released: Seq; readonly dropped: Seq },
): Promise<void> {
  await transaction.query('UPDATE directory SET released_seq = $2, dropped_seq = $3 WHERE id = $1', [
    directory,
    expired.released,
    expired.dropped,
  ]);
}

export async function writeMeasured(
  db: Queryable,
  directory: number,
  measured: { readonly bytes: number; readonly full: boolean; readonly cut: Seq; readonly at: Seq },
): Promise<void> {
  await db.query(
    `UPDATE directory SET history_bytes = $2, history_full = $3, history_cut_seq = $4, measured_seq = $5
     WHERE id = $1 AND history_max_bytes IS NOT NULL`,
    [directory, measured.bytes, measured.full, measured.cut, measured.at],
  );
}

/**
 * The contents of a directory that no head has, by the commit that replaced their last version; those of conflicts that are listed are
 * kept whatever replaced them. Reads every version of the directory.
 */
export async function measureHistory(db: Queryable, directory: number): Promise<ReplacedContents[]> {
  const rows = await db.query<{ until: string | null; bytes: string }>(
    `WITH placed AS (
       SELECT hash, size, CASE WHEN lost THEN NULL ELSE lead(seq) OVER (PARTITION BY path_hash, lost ORDER BY seq, ordinal) END AS replaced, lost
       FROM version WHERE directory = $1
     ), kept AS (
       SELECT v.hash, v.size FROM conflict c
       CROSS JOIN LATERAL (VALUES (c.loser_seq, c.loser_ordinal), (c.winner_seq, c.winner_ordinal), (c.base_seq, c.base_ordinal)) s(seq, ordinal)
       JOIN version v ON v.directory = $1 AND v.path_hash = sha256(convert_to(c.path, 'UTF8')) AND v.seq = s.seq AND v.ordinal = s.ordinal
       WHERE c.directory = $1
     ), content AS (
       SELECT hash, max(size) AS size, bool_or(live) AS live, bool_or(pinned) AS pinned, max(until) AS until FROM (
         SELECT hash, size, NOT lost AND replaced IS NULL AS live, lost AS pinned, replaced AS until FROM placed WHERE hash IS NOT NULL
         UNION ALL SELECT hash, size, false, true, NULL FROM kept WHERE hash IS NOT NULL
       ) used GROUP BY hash
     )
     SELECT CASE WHEN pinned THEN NULL ELSE until END AS until, sum(size) AS bytes FROM content WHERE NOT live GROUP BY 1`,
    [directory],
  );
  return rows.map(({ until, bytes }) => ({ replacedAt: numberOrNull(until), bytes: Number(bytes) }));
}

/** When a commit was made. */
export async function readCommitTime(db: Queryable, directory: number, seq: Seq): Promise<Date | null> {
  const [row] = await db.query<{ at: Date }>('SELECT at FROM commit WHERE directory = $1 AND seq = $2', [directory, seq]);
  return row?.at ?? null;
}
