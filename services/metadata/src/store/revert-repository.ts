import type { Nanoseconds, RelativePath, Seq } from '@syncpair/contracts';
import { NANOSECONDS_PER_MS } from '@syncpair/contracts';
import type { ChangedPath, HeadLine, KnownVersion, MoveLine } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { HEAD_COLUMNS, type HeadRow, below, columnsOf, pathHash, toHead, toVersionId } from './rows.ts';

const THEN = 'then_';
const thenColumns = HEAD_COLUMNS.map((column) => `t.${column} AS ${THEN}${column}`).join(', ');

/** The latest version of the path of `e` that was its head after commit $2. */
const HEAD_THEN = `LEFT JOIN LATERAL (
    SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = e.path_hash AND v.seq <= $2 AND NOT v.lost
    ORDER BY v.seq DESC, v.ordinal DESC LIMIT 1
  ) t ON true`;

type ChangedRow = HeadRow & { readonly [K in keyof HeadRow as `then_${K}`]: HeadRow[K] | null };

/**
 * Paths whose head is another one than after commit `seq`, with both, at most `limit`; of the folder `below` itself and all in it, or of the
 * whole directory.
 */
export async function readChangedSince(
  db: Queryable,
  directory: number,
  seq: Seq,
  folder: RelativePath | null,
  limit: number,
): Promise<ChangedPath[]> {
  const columns = `${columnsOf('e', HEAD_COLUMNS)}, ${thenColumns}`;
  const rows =
    folder === null
      ? await db.query<ChangedRow>(
          `SELECT ${columns} FROM (
             SELECT DISTINCT v.path_hash FROM version v WHERE v.directory = $1 AND v.seq > $2 AND NOT v.lost LIMIT $3
           ) changed JOIN entry e ON e.directory = $1 AND e.path_hash = changed.path_hash ${HEAD_THEN}`,
          [directory, seq, limit],
        )
      : await db.query<ChangedRow>(
          `SELECT ${columns} FROM (
             SELECT * FROM entry e WHERE e.directory = $1 AND e.path_hash = $5 AND e.seq > $2
             UNION ALL
             SELECT * FROM entry e WHERE e.directory = $1 AND e.seq > $2 AND ${below('e', 4)}
             LIMIT $3
           ) e ${HEAD_THEN}`,
          [directory, seq, limit, folder, pathHash(folder)],
        );
  return rows.map((row) => ({ path: row.path as RelativePath, now: known(row), then: row.then_seq === null ? null : known(thenOf(row)) }));
}

const known = (row: HeadRow): KnownVersion => {
  const { version, state } = toHead(row);
  return { version, state };
};
const thenOf = (row: ChangedRow): HeadRow =>
  Object.fromEntries(HEAD_COLUMNS.map((column) => [column, row[`${THEN}${column}`]])) as unknown as HeadRow;

/** The commits of a client in a span of time, both ends included, the oldest first. */
export async function readCommitsOf(
  db: Queryable,
  directory: number,
  author: string,
  span: { readonly from: Nanoseconds; readonly to: Nanoseconds },
  limit: number,
): Promise<Seq[]> {
  const ms = (time: Nanoseconds): number => Number(time / NANOSECONDS_PER_MS);
  const rows = await db.query<{ seq: string }>(
    `SELECT seq FROM commit WHERE directory = $1 AND author = $2 AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000)
     ORDER BY at, seq LIMIT $5`,
    [directory, author, ms(span.from), ms(span.to) + 1, limit],
  );
  return rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
}

/** Every client that ever committed to a directory or synchronises it, in order, at most `limit`. */
export async function readClients(db: Queryable, directory: number, limit: number): Promise<string[]> {
  const rows = await db.query<{ client: string }>(
    `WITH RECURSIVE author AS (
       (SELECT author FROM commit WHERE directory = $1 ORDER BY author LIMIT 1)
       UNION ALL
       SELECT (SELECT c.author FROM commit c WHERE c.directory = $1 AND c.author > a.author ORDER BY c.author LIMIT 1)
       FROM author a WHERE a.author IS NOT NULL
     ), listed AS (SELECT author AS client FROM author WHERE author IS NOT NULL LIMIT $2)
     SELECT client FROM listed UNION SELECT client FROM device_directory WHERE directory = $1 ORDER BY client LIMIT $2`,
    [directory, limit],
  );
  return rows.map(({ client }) => client);
}

/** Paths that commits wrote by anything but a move. */
export async function readTouchedPaths(db: Queryable, directory: number, seqs: readonly Seq[], limit: number): Promise<RelativePath[]> {
  const rows = await db.query<{ path: RelativePath }>(
    `SELECT DISTINCT v.path FROM unnest($2::bigint[]) q(seq)
     CROSS JOIN LATERAL (
       SELECT path FROM version v WHERE v.directory = $1 AND v.seq = q.seq AND v.by_move = false AND NOT v.lost
     ) v LIMIT $3`,
    [directory, seqs, limit],
  );
  return rows.map(({ path }) => path);
}

/** Moves from commit `from` on, in their order. */
export async function readMoves(db: Queryable, directory: number, from: Seq, own: ReadonlySet<Seq>, limit: number): Promise<MoveLine[]> {
  const rows = await db.query<{ seq: string; ordinal: number; from_path: RelativePath; to_path: RelativePath; author: string }>(
    `SELECT m.seq, m.ordinal, m.from_path, m.to_path, c.author FROM (
       SELECT * FROM move WHERE directory = $1 AND seq >= $2 ORDER BY seq, ordinal LIMIT $3
     ) m JOIN commit c ON c.directory = $1 AND c.seq = m.seq ORDER BY m.seq, m.ordinal`,
    [directory, from, limit],
  );
  return rows.map((row) => ({
    op: 'move',
    from: row.from_path,
    to: row.to_path,
    version: toVersionId(row.seq, row.ordinal),
    author: row.author,
    own: own.has(Number(row.seq)),
  }));
}

/** What happened at these paths from commit `from` on, moves left out. */
export async function readHeadsSince(
  db: Queryable,
  directory: number,
  paths: readonly RelativePath[],
  from: Seq,
  own: ReadonlySet<Seq>,
): Promise<HeadLine[]> {
  const rows = await db.query<HeadRow & { readonly author: string }>(
    `SELECT ${columnsOf('v', HEAD_COLUMNS)}, c.author FROM unnest($2::bytea[]) q(path_hash)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq >= $3 AND NOT v.by_move AND NOT v.lost
     ) v JOIN commit c ON c.directory = $1 AND c.seq = v.seq`,
    [directory, paths.map(pathHash), from],
  );
  return rows.map((row) => ({ op: 'head', ...toHead(row), author: row.author, own: own.has(Number(row.seq)) }));
}

/** The heads of these paths before commit `before`, deletions among them. */
export async function readHeadsBefore(
  db: Queryable,
  directory: number,
  paths: readonly RelativePath[],
  before: Seq,
): Promise<Map<RelativePath, KnownVersion>> {
  const rows = await db.query<HeadRow>(
    `SELECT ${columnsOf('v', HEAD_COLUMNS)} FROM unnest($2::bytea[]) q(path_hash)
     CROSS JOIN LATERAL (
       SELECT * FROM version v WHERE v.directory = $1 AND v.path_hash = q.path_hash AND v.seq < $3 AND NOT v.lost
       ORDER BY v.seq DESC, v.ordinal DESC LIMIT 1
     ) v`,
    [directory, paths.map(pathHash), before],
  );
  return new Map(rows.map((row) => [row.path as RelativePath, known(row)]));
}
