import type { DirectoryKey, Hold, HoldDecision, HoldKind, RelativePath, VersionId } from '@syncpair/contracts';
import { splitVersionId } from '@syncpair/contracts';
import type { Queryable, Transaction } from '../database/database.ts';
import { deviceBytes, pathHash, toVersionId } from './rows.ts';

/** A held change: the path, and the version it was made from. */
export interface HeldPath {
  readonly path: RelativePath;
  readonly version: VersionId;
}

export interface NewHold {
  readonly id: string;
  readonly kind: HoldKind;
  readonly origin: Hold['origin'];
  readonly device: string;
  readonly client: string;
  readonly reason: string;
  readonly live: number;
}

/** A hold as the server carries it out. */
export interface StoredHold {
  readonly id: string;
  readonly kind: HoldKind;
  /** 32 hexadecimal digits. */
  readonly device: string;
  readonly client: string;
  readonly decision: HoldDecision | null;
  readonly decidedBy: string | null;
  readonly finished: boolean;
}

/** Paths shown of a hold, to recognise it by. */
const SAMPLE = 5;
/** Holds in one listing. */
const MAX_LISTED = 1_000;
/** Days for which decided holds are listed. */
const LISTED_DAYS = 30;

const HOLD_COLUMNS =
  'h.id, h.kind, h.origin, h.client, h.reason, h.live, h.at, h.paths, h.decision, h.decided_by, h.decided_at, h.done, h.kept, h.finished';

interface HoldRow {
  readonly id: string;
  readonly kind: HoldKind;
  readonly origin: Hold['origin'];
  readonly client: string;
  readonly reason: string;
  readonly live: string;
  readonly at: Date;
  readonly paths: number;
  readonly decision: HoldDecision | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly done: number;
  readonly kept: number;
  readonly finished: boolean;
  readonly sample: string[];
}

export async function readHolds(
  db: Queryable,
  directory: number,
  name: string,
  wanted: { readonly decidedToo: boolean; readonly id?: string },
): Promise<Hold[]> {
  const rows = await db.query<HoldRow>(
    `SELECT ${HOLD_COLUMNS}, ARRAY(SELECT p.path FROM hold_path p WHERE p.directory = h.directory AND p.hold = h.id ORDER BY p.path LIMIT ${SAMPLE}) AS sample
     FROM hold h
     WHERE h.directory = $1 AND ($2::text IS NULL OR h.id = $2)
       AND (h.decision IS NULL OR ($3 AND h.decided_at > now() - interval '${LISTED_DAYS} days'))
     ORDER BY h.at DESC, h.id LIMIT ${MAX_LISTED}`,
    [directory, wanted.id ?? null, wanted.decidedToo],
  );
  return rows.map((row) => ({
    id: row.id,
    directory: name,
    kind: row.kind,
    origin: row.origin,
    client: row.client,
    paths: row.paths,
    sample: row.sample,
    live: Number(row.live),
    reason: row.reason,
    since: row.at.toISOString(),
    decided:
      row.decision === null
        ? null
        : {
            decision: row.decision,
            by: row.decided_by as string,
            at: (row.decided_at as Date).toISOString(),
            done: row.done,
            kept: row.kept,
            finished: row.finished,
          },
  }));
}

export async function findHold(db: Queryable, directory: number, id: string): Promise<StoredHold | null> {
  const [row] = await db.query<HoldRow & { device: Buffer }>(
    `SELECT ${HOLD_COLUMNS}, h.device FROM hold h WHERE h.directory = $1 AND h.id = $2`,
    [directory, id],
  );
  if (row === undefined) return null;
  const { kind, client, decision, decided_by: decidedBy, finished } = row;
  return { id, kind, device: row.device.toString('hex'), client, decision, decidedBy, finished };
}

/** The hold of the server to which further deletions of a device are added. */
export async function findOpenHold(db: Queryable, directory: number, device: string): Promise<string | null> {
  const [row] = await db.query<{ id: string }>(
    `SELECT id FROM hold WHERE directory = $1 AND device = $2 AND decision IS NULL AND kind = 'deletions' AND origin = 'server' LIMIT 1`,
    [directory, deviceBytes(device)],
  );
  return row?.id ?? null;
}

/** Which of the paths a hold has. */
export async function readHeldAmong(
  db: Queryable,
  directory: number,
  hold: string,
  paths: readonly RelativePath[],
): Promise<Set<RelativePath>> {
  const rows = await db.query<{ path: RelativePath }>(
    'SELECT path FROM hold_path WHERE directory = $1 AND hold = $2 AND path_hash = ANY($3::bytea[])',
    [directory, hold, paths.map(pathHash)],
  );
  return new Set(rows.map(({ path }) => path));
}

/** Which of these folders have something below them in a hold. */
export async function readFoldersOfHeld(
  db: Queryable,
  directory: number,
  hold: string,
  folders: readonly RelativePath[],
): Promise<Set<RelativePath>> {
  const rows = await db.query<{ folder: RelativePath }>(
    `SELECT folder FROM unnest($3::text[]) f(folder)
     WHERE EXISTS (
       SELECT FROM hold_path p
       WHERE p.directory = $1 AND p.hold = $2 AND starts_with(p.path, f.folder || '/')
         AND left(p.path, 512) >= left(f.folder || '/', 512) AND left(p.path, 512) <= left(f.folder || '0', 512)
     )`,
    [directory, hold, folders],
  );
  return new Set(rows.map(({ folder }) => folder));
}

/** Paths of which a person said that this device's deletion is not to happen, with the time of that, milliseconds since 1970. */
export async function readRejectedAmong(
  db: Queryable,
  directory: number,
  device: string,
  held: readonly HeldPath[],
): Promise<Map<RelativePath, number>> {
  const versions = held.map(({ version }) => splitVersionId(version));
  const rows = await db.query<{ path: RelativePath; at: Date }>(
    `SELECT p.path, max(h.decided_at) AS at
     FROM unnest($3::bytea[], $4::bigint[], $5::integer[]) q(path_hash, seq, ordinal)
     JOIN hold_path p ON p.directory = $1 AND p.path_hash = q.path_hash AND p.seq = q.seq AND p.ordinal = q.ordinal
     JOIN hold h ON h.directory = $1 AND h.id = p.hold AND h.device = $2 AND h.kind = 'deletions' AND h.decision = 'reject'
     GROUP BY p.path`,
    [
      directory,
      deviceBytes(device),
      held.map(({ path }) => pathHash(path)),
      versions.map(({ seq }) => seq),
      versions.map(({ ordinal }) => ordinal),
    ],
  );
  return new Map(rows.map(({ path, at }) => [path, at.getTime()]));
}

/** Begins a hold where there is none of this id. The directory's row must be locked. @returns true when it is new */
export async function insertHold(transaction: Transaction, directory: number, hold: NewHold, at: Date): Promise<boolean> {
  const rows = await transaction.query<{ id: string }>(
    `INSERT INTO hold (directory, id, kind, origin, device, client, reason, live, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (directory, id) DO NOTHING RETURNING id`,
    [directory, hold.id, hold.kind, hold.origin, deviceBytes(hold.device), hold.client, hold.reason, hold.live, at],
  );
  return rows.length > 0;
}

/** Adds paths to a hold, or tells the version again of those it has. */
export async function addHeldPaths(transaction: Transaction, directory: number, hold: string, held: readonly HeldPath[]): Promise<void> {
  if (held.length === 0) return;
  const unique = [...new Map(held.map((one) => [one.path, one])).values()];
  const versions = unique.map(({ version }) => splitVersionId(version));
  await transaction.query(
    `WITH put AS (
       INSERT INTO hold_path AS p (directory, hold, path_hash, path, seq, ordinal)
       SELECT $1, $2, * FROM unnest($3::bytea[], $4::text[], $5::bigint[], $6::integer[])
       ON CONFLICT (directory, hold, path_hash) DO UPDATE SET seq = excluded.seq, ordinal = excluded.ordinal
       RETURNING xmax = 0 AS is_new
     )
     UPDATE hold SET paths = paths + (SELECT count(*) FROM put WHERE is_new)::integer WHERE directory = $1 AND id = $2`,
    [
      directory,
      hold,
      unique.map(({ path }) => pathHash(path)),
      unique.map(({ path }) => path),
      versions.map(({ seq }) => seq),
      versions.map(({ ordinal }) => ordinal),
    ],
  );
}

/** Takes paths out of a hold. @returns how many are left */
export async function releaseHeldPaths(
  transaction: Transaction,
  directory: number,
  hold: string,
  paths: readonly RelativePath[],
): Promise<number> {
  const [row] = await transaction.query<{ paths: number }>(
    `WITH gone AS (
       DELETE FROM hold_path WHERE directory = $1 AND hold = $2 AND path_hash = ANY($3::bytea[]) RETURNING 1
     )
     UPDATE hold SET paths = paths - (SELECT count(*) FROM gone)::integer WHERE directory = $1 AND id = $2 RETURNING paths`,
    [directory, hold, paths.map(pathHash)],
  );
  return row?.paths ?? 0;
}

/** Says that something about the directory's holds is new. The directory's row must be locked, or becomes it. */
export async function touchHolds(transaction: Transaction, directory: number, opened: number): Promise<void> {
  await transaction.query(
    'UPDATE directory SET holds_revision = holds_revision + 1, open_holds = greatest(0, open_holds + $2) WHERE id = $1',
    [directory, opened],
  );
}

/** Writes down a decision, unless there is one. @returns false when there was */
export async function closeHold(
  transaction: Transaction,
  directory: number,
  id: string,
  decided: { readonly decision: HoldDecision; readonly by: string; readonly at: Date; readonly finished: boolean },
): Promise<boolean> {
  const rows = await transaction.query<{ id: string }>(
    `UPDATE hold SET decision = $3, decided_by = $4, decided_at = $5, finished = $6
     WHERE directory = $1 AND id = $2 AND decision IS NULL RETURNING id`,
    [directory, id, decided.decision, decided.by, decided.at, decided.finished],
  );
  return rows.length > 0;
}

/** Held paths in the order in which they can be deleted, what is in a folder before the folder; `before` is the last one of the page before. */
export async function readHeldPaths(
  db: Queryable,
  directory: number,
  hold: string,
  before: RelativePath | null,
  limit: number,
): Promise<HeldPath[]> {
  const rows = await db.query<{ path: RelativePath; seq: string; ordinal: number }>(
    `SELECT path, seq, ordinal FROM hold_path
     WHERE directory = $1 AND hold = $2 ${before === null ? '' : 'AND left(path, 512) <= left($4::text, 512) AND path < $4'}
     ORDER BY left(path, 512) DESC, path DESC LIMIT $3`,
    [directory, hold, limit, ...(before === null ? [] : [before])],
  );
  return rows.map(({ path, seq, ordinal }) => ({ path, version: toVersionId(seq, ordinal) }));
}

export async function finishHold(
  transaction: Transaction,
  directory: number,
  id: string,
  { done, kept }: { readonly done: number; readonly kept: number },
): Promise<void> {
  await transaction.query('UPDATE hold SET finished = true, done = $3, kept = $4 WHERE directory = $1 AND id = $2', [
    directory,
    id,
    done,
    kept,
  ]);
}

/** Approvals that somebody began longer than `ageMs` milliseconds ago and did not end, and the directories they are in. */
export async function readUnfinishedHolds(db: Queryable, ageMs: number): Promise<{ readonly key: DirectoryKey; readonly id: string }[]> {
  return db.query<{ key: DirectoryKey; id: string }>(
    `SELECT d.key, h.id FROM hold h JOIN directory d ON d.id = h.directory
     WHERE h.decision IS NOT NULL AND NOT h.finished AND h.decided_at < now() - $1 * interval '1 millisecond' ORDER BY h.decided_at`,
    [ageMs],
  );
}

/** Forgets holds that were decided and carried out longer ago than they are listed. */
export async function forgetOldHolds(db: Queryable): Promise<void> {
  await db.query(
    `WITH old AS (
       DELETE FROM hold WHERE finished AND decided_at < now() - interval '${LISTED_DAYS} days' RETURNING directory, id
     )
     DELETE FROM hold_path p USING old WHERE p.directory = old.directory AND p.hold = old.id`,
  );
}
