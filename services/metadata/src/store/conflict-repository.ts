import type { Conflict, ConflictChoice, HistoryItem, RelativePath, VersionId } from '@syncpair/contracts';
import { splitVersionId } from '@syncpair/contracts';
import type { Queryable, Transaction } from '../database/database.ts';
import { readHistoryItems } from './history-repository.ts';
import { toVersionId, toVersionIdOrNull } from './rows.ts';

const COLUMNS =
  'seq, ordinal, path, kind, base_seq, base_ordinal, winner_seq, winner_ordinal, loser_seq, loser_ordinal, at, resolved_choice, resolved_by, resolved_at';

interface ConflictRow {
  readonly seq: string;
  readonly ordinal: number;
  readonly path: string;
  readonly kind: Conflict['kind'];
  readonly base_seq: string | null;
  readonly base_ordinal: number | null;
  readonly winner_seq: string;
  readonly winner_ordinal: number;
  readonly loser_seq: string;
  readonly loser_ordinal: number;
  readonly at: Date;
  readonly resolved_choice: ConflictChoice | null;
  readonly resolved_by: string | null;
  readonly resolved_at: Date | null;
}

/** Conflicts in one listing, the newest. */
const MAX_LISTED = 10_000;

export async function readConflicts(db: Queryable, directory: number, resolvedToo: boolean): Promise<Conflict[]> {
  const rows = await db.query<ConflictRow>(
    `SELECT ${COLUMNS} FROM conflict WHERE directory = $1 ${resolvedToo ? '' : 'AND resolved_at IS NULL'} ORDER BY seq DESC, ordinal DESC LIMIT ${MAX_LISTED}`,
    [directory],
  );
  return withSides(db, directory, rows);
}

/** The conflict that was recorded with this version. */
export async function readConflict(db: Queryable, directory: number, at: VersionId): Promise<Conflict | null> {
  const { seq, ordinal } = splitVersionId(at);
  const rows = await db.query<ConflictRow>(`SELECT ${COLUMNS} FROM conflict WHERE directory = $1 AND seq = $2 AND ordinal = $3`, [
    directory,
    seq,
    ordinal,
  ]);
  return (await withSides(db, directory, rows))[0] ?? null;
}

/** Closes an open conflict; does nothing to one that is closed. Locks the directory's row, as commits do, for its count of open ones. */
export async function closeConflict(
  transaction: Transaction,
  directory: number,
  at: VersionId,
  resolved: { readonly choice: ConflictChoice; readonly by: string; readonly at: Date },
): Promise<void> {
  const { seq, ordinal } = splitVersionId(at);
  await transaction.query('SELECT FROM directory WHERE id = $1 FOR UPDATE', [directory]);
  await transaction.query(
    `WITH closed AS (
       UPDATE conflict SET resolved_choice = $4, resolved_by = $5, resolved_at = $6
       WHERE directory = $1 AND seq = $2 AND ordinal = $3 AND resolved_at IS NULL RETURNING 1
     )
     UPDATE directory SET open_conflicts = open_conflicts - 1 WHERE id = $1 AND EXISTS (SELECT FROM closed)`,
    [directory, seq, ordinal, resolved.choice, resolved.by, resolved.at],
  );
}

async function withSides(db: Queryable, directory: number, rows: readonly ConflictRow[]): Promise<Conflict[]> {
  if (rows.length === 0) return [];
  const sides = rows.flatMap((row) => [
    { path: row.path as RelativePath, version: toVersionId(row.winner_seq, row.winner_ordinal) },
    { path: row.path as RelativePath, version: toVersionId(row.loser_seq, row.loser_ordinal) },
  ]);
  const items = new Map((await readHistoryItems(db, directory, sides)).map((item) => [`${item.version} ${item.path}`, item]));
  const side = (path: string, seq: string, ordinal: number): HistoryItem =>
    items.get(`${toVersionId(seq, ordinal)} ${path}`) as HistoryItem;
  return rows.map((row) => ({
    id: `c${toVersionId(row.seq, row.ordinal)}`,
    path: row.path,
    kind: row.kind,
    base: toVersionIdOrNull(row.base_seq, row.base_ordinal),
    winner: side(row.path, row.winner_seq, row.winner_ordinal),
    loser: side(row.path, row.loser_seq, row.loser_ordinal),
    at: row.at.toISOString(),
    resolved:
      row.resolved_choice === null
        ? null
        : { choice: row.resolved_choice, by: row.resolved_by as string, at: (row.resolved_at as Date).toISOString() },
  }));
}
