import { type Commit, type LogChange, MAX_PULLED_CHANGES, type RelativePath, type Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { HEAD_COLUMNS, type HeadRow, pastColumnsOf, toHead, toVersionId } from './rows.ts';

interface CommitRow {
  readonly seq: string;
  readonly author: string;
  readonly at: Date;
  readonly mark: string | null;
}

interface LineRow {
  readonly seq: string;
  readonly ordinal: number;
}

/** Whole commits after `after` and not beyond `upTo`, in their order: at least one if there is any, then as many as make `limit` changes. */
export async function readLog(
  db: Queryable,
  directory: number,
  range: { readonly after: Seq; readonly upTo: Seq },
  limit = MAX_PULLED_CHANGES,
): Promise<Commit[]> {
  if (range.after >= range.upTo) return [];
  const commits = await db.query<CommitRow>(
    `SELECT seq, author, at, mark FROM (
       SELECT seq, author, at, mark, sum(lines) OVER (ORDER BY seq) AS total, row_number() OVER (ORDER BY seq) AS position
       FROM (SELECT * FROM commit WHERE directory = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4) rows
     ) counted WHERE total <= $4 OR position = 1 ORDER BY seq`,
    [directory, range.after, range.upTo, limit],
  );
  if (commits.length === 0) return [];
  const seqs = commits.map(({ seq }) => seq);
  const heads = await db.query<HeadRow>(
    `SELECT ${pastColumnsOf(HEAD_COLUMNS)} FROM unnest($2::bigint[]) q(seq)
       CROSS JOIN LATERAL (
         SELECT * FROM version v WHERE v.directory = $1 AND v.seq = q.seq AND v.by_move = false AND NOT v.lost ORDER BY v.ordinal
       ) v`,
    [directory, seqs],
  );
  const moves = await db.query<LineRow & { from_path: string; to_path: string }>(
    'SELECT seq, ordinal, from_path, to_path FROM move WHERE directory = $1 AND seq BETWEEN $2 AND $3',
    [directory, seqs[0], seqs.at(-1)],
  );
  const lines = new Map<string, { readonly ordinal: number; readonly change: LogChange }[]>();
  const add = (row: LineRow, change: LogChange): void => {
    const known = lines.get(row.seq);
    if (known === undefined) lines.set(row.seq, [{ ordinal: row.ordinal, change }]);
    else known.push({ ordinal: row.ordinal, change });
  };
  for (const row of heads) add(row, { op: 'head', ...toHead(row) });
  for (const row of moves) {
    add(row, {
      op: 'move',
      from: row.from_path as RelativePath,
      to: row.to_path as RelativePath,
      version: toVersionId(row.seq, row.ordinal),
    });
  }
  return commits.map(({ seq, author, at, mark }) => ({
    seq: Number(seq),
    author,
    at: at.toISOString(),
    ...(mark === null ? {} : { mark }),
    changes: (lines.get(seq) ?? []).sort((a, b) => a.ordinal - b.ordinal).map(({ change }) => change),
  }));
}
