import {
  type Cause,
  type ContentHash,
  type HistoryItem,
  type RelativePath,
  type Seq,
  type VersionId,
  ancestorsOf,
  rebase,
  splitVersionId,
  toIsoTime,
} from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { HAS_EXPIRED, HEAD_COLUMNS, type HeadRow, columnsOf, pathHash, toState, toVersionId, toVersionIdOrNull } from './rows.ts';

/** A place in the order of history: versions after it are older. */
export interface HistoryPlace {
  readonly seq: Seq;
  readonly ordinal: number;
  readonly path: string;
}

interface ItemRow extends HeadRow {
  readonly author: string;
  readonly at: Date;
  readonly is_head: boolean;
  readonly parent_seq: string | null;
  readonly parent_ordinal: number | null;
  readonly moved_from: string | null;
  readonly by_move: boolean;
  readonly change_id: string | null;
  readonly since_seq: string;
  readonly since_ordinal: number;
  readonly restored_seq: string | null;
  readonly restored_ordinal: number | null;
  readonly call: string | null;
  readonly conflict_seq: string | null;
  readonly conflict_ordinal: number | null;
}

/** What makes a version an item of history, for a version `v` of directory $1. */
const ITEM_COLUMNS = `${columnsOf('v', HEAD_COLUMNS)}, v.parent_seq, v.parent_ordinal, v.moved_from, v.by_move, v.change_id, v.since_seq, v.since_ordinal, v.restored_seq,
  v.restored_ordinal, c.author, c.at, c.call,
  (e.seq = v.seq AND e.ordinal = v.ordinal) AS is_head, k.seq AS conflict_seq, k.ordinal AS conflict_ordinal`;
const ITEM_JOINS = `JOIN commit c ON c.directory = $1 AND c.seq = v.seq
  JOIN entry e ON e.directory = $1 AND e.path_hash = v.path_hash
  LEFT JOIN LATERAL (
    SELECT k.seq, k.ordinal FROM conflict k
    WHERE k.directory = $1 AND k.loser_seq = v.seq AND k.loser_ordinal = v.ordinal AND k.path = v.path LIMIT 1
  ) k ON true`;
const OLDER = '(v.seq, v.ordinal, v.path) < ($2::bigint, $3::integer, $4::text) AND v.seq <= $2::bigint';
const NEWEST_FIRST = 'ORDER BY v.seq DESC, v.ordinal DESC, v.path DESC';

/** Before everything: where a listing starts. */
const START: HistoryPlace = { seq: Number.MAX_SAFE_INTEGER, ordinal: 0, path: '' };

export async function readDirectoryHistory(
  db: Queryable,
  directory: number,
  before: HistoryPlace | null,
  limit: number,
): Promise<HistoryItem[]> {
  const { seq, ordinal, path } = before ?? START;
  const rows = await db.query<ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM (
       SELECT * FROM version v WHERE v.directory = $1 AND NOT (${HAS_EXPIRED}) AND ${OLDER} ${NEWEST_FIRST} LIMIT $5
     ) v ${ITEM_JOINS} ${NEWEST_FIRST}`,
    [directory, seq, ordinal, path, limit],
  );
  return rows.map(toItem);
}

/** Versions of a path and of all below it, and of the paths it was moved from, up to each move. */
export async function readPathHistory(
  db: Queryable,
  directory: number,
  path: RelativePath,
  before: HistoryPlace | null,
  limit: number,
): Promise<HistoryItem[]> {
  const lineage = await readLineage(db, directory, path);
  const start = before ?? START;
  const rows = await db.query<ItemRow>(
    `WITH lineage AS (
       SELECT * FROM unnest($6::text[], $7::bytea[], $8::bigint[], $9::integer[]) l(path, path_hash, before_seq, before_ordinal)
     ), named AS (
       SELECT e.path_hash, l.before_seq, l.before_ordinal FROM lineage l JOIN entry e ON e.directory = $1 AND e.path_hash = l.path_hash
       UNION ALL
       SELECT e.path_hash, l.before_seq, l.before_ordinal FROM lineage l JOIN entry e ON e.directory = $1
         AND left(e.path, 512) >= left(l.path || '/', 512) AND left(e.path, 512) <= left(l.path || '0', 512) AND starts_with(e.path, l.path || '/')
     )
     SELECT ${ITEM_COLUMNS} FROM (
       SELECT v.* FROM named n JOIN version v ON v.directory = $1 AND v.path_hash = n.path_hash
         AND (v.seq, v.ordinal) < (n.before_seq, n.before_ordinal)
       WHERE NOT (${HAS_EXPIRED}) AND ${OLDER} ${NEWEST_FIRST} LIMIT $5
     ) v ${ITEM_JOINS} ${NEWEST_FIRST}`,
    [
      directory,
      start.seq,
      start.ordinal,
      start.path,
      limit,
      lineage.map((part) => part.path),
      lineage.map((part) => pathHash(part.path)),
      lineage.map(({ seq }) => seq),
      lineage.map(({ ordinal }) => ordinal),
    ],
  );
  return rows.map(toItem);
}

export async function readHistoryItems(
  db: Queryable,
  directory: number,
  named: readonly { readonly path: string; readonly version: VersionId }[],
): Promise<HistoryItem[]> {
  const ids = named.map(({ version }) => splitVersionId(version));
  const rows = await db.query<ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) q(path_hash, seq, ordinal)
     JOIN version v ON v.directory = $1 AND v.path_hash = q.path_hash AND v.seq = q.seq AND v.ordinal = q.ordinal ${ITEM_JOINS}`,
    [directory, named.map(({ path }) => pathHash(path)), ids.map(({ seq }) => seq), ids.map(({ ordinal }) => ordinal)],
  );
  return rows.map(toItem);
}

/** Moves that are followed back; a path that was renamed more often shows its younger history. */
const MAX_MOVES = 50;

interface LineagePart {
  readonly path: RelativePath;
  /** Versions from here on belong to somebody else. */
  readonly seq: Seq;
  readonly ordinal: number;
}

async function readLineage(db: Queryable, directory: number, path: RelativePath): Promise<LineagePart[]> {
  const parts: LineagePart[] = [{ path, seq: Number.MAX_SAFE_INTEGER, ordinal: 0 }];
  while (parts.length <= MAX_MOVES) {
    const last = parts.at(-1) as LineagePart;
    const [move] = await db.query<{ from_path: string; to_path: string; seq: string; ordinal: number }>(
      `SELECT m.* FROM unnest($4::text[]) q(path)
       CROSS JOIN LATERAL (
         SELECT from_path, to_path, seq, ordinal FROM move
         WHERE directory = $1 AND left(to_path, 512) = left(q.path, 512) AND to_path = q.path AND (seq, ordinal) < ($2::bigint, $3::integer)
         ORDER BY seq DESC, ordinal DESC LIMIT 1
       ) m ORDER BY m.seq DESC, m.ordinal DESC LIMIT 1`,
      [directory, last.seq, last.ordinal, [last.path, ...ancestorsOf(last.path)]],
    );
    if (move === undefined) break;
    parts.push({
      path: rebase(last.path, move.to_path as RelativePath, move.from_path as RelativePath),
      seq: Number(move.seq),
      ordinal: move.ordinal,
    });
  }
  return parts;
}

/** Where a path is now that was `path` at version `since`: moves of it or of a folder above it are followed. */
export async function followMoves(db: Queryable, directory: number, path: RelativePath, since: VersionId): Promise<RelativePath> {
  const { seq, ordinal } = splitVersionId(since);
  const moves = await db.query<{ from_path: RelativePath; to_path: RelativePath }>(
    'SELECT from_path, to_path FROM move WHERE directory = $1 AND (seq, ordinal) > ($2::bigint, $3::integer) ORDER BY seq, ordinal',
    [directory, seq, ordinal],
  );
  let at = path;
  for (const { from_path: from, to_path: to } of moves) if (at === from || at.startsWith(`${from}/`)) at = rebase(at, from, to);
  return at;
}

function toItem(row: ItemRow): HistoryItem {
  const state = toState(row);
  return {
    path: row.path,
    version: toVersionId(row.seq, row.ordinal),
    kind: state.kind,
    hash: state.kind === 'file' ? (state.hash satisfies ContentHash) : null,
    size: state.kind === 'file' ? state.size : null,
    modified: state.kind === 'file' || state.kind === 'link' ? toIsoTime(state.mtime) : null,
    executable: state.kind === 'file' ? state.executable : null,
    target: state.kind === 'link' ? state.target : null,
    author: row.author,
    at: row.at.toISOString(),
    head: row.is_head,
    deleted: state.kind === 'tombstone',
    conflict: row.conflict_seq === null ? null : `c${toVersionId(row.conflict_seq, row.conflict_ordinal as number)}`,
    parent: toVersionIdOrNull(row.parent_seq, row.parent_ordinal),
    moved_from: row.moved_from,
    cause: causeOf(row, state.kind === 'tombstone'),
    restored_from: toVersionIdOrNull(row.restored_seq, row.restored_ordinal),
  };
}

function causeOf(row: ItemRow, deleted: boolean): Cause {
  if (row.by_move) return 'move';
  if (row.call !== 'script' && row.call !== null) return row.call as Cause;
  if (row.change_id === null) return 'server';
  if (row.call === 'script') return 'script';
  if (deleted) return 'deletion';
  if (row.parent_seq === null) return 'creation';
  return row.since_seq === row.seq && row.since_ordinal === row.ordinal ? 'edit' : 'touch';
}
