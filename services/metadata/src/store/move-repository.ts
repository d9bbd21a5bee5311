import { MAX_PATH_BYTES, type RelativePath, type Seq } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
import { below, deviceBytes, parentHash, pathHash } from './rows.ts';

export interface MoveWrite {
  readonly seq: Seq;
  readonly ordinal: number;
  readonly from: RelativePath;
  readonly to: RelativePath;
  readonly device: string;
  readonly changeId: string;
}

/** True when every path below `from` still fits below `to`. */
export async function moveFits(
  transaction: Transaction,
  directory: number,
  move: { readonly from: RelativePath; readonly to: RelativePath },
): Promise<boolean> {
  const growth = Buffer.byteLength(move.to) - Buffer.byteLength(move.from);
  if (growth <= 0) return true;
  const [row] = await transaction.query<{ longest: number | null }>(
    `SELECT max(octet_length(e.path)) AS longest FROM entry e WHERE e.directory = $1 AND e.kind <> 0 AND ${below('e', 2)}`,
    [directory, move.from],
  );
  return (row?.longest ?? 0) + growth <= MAX_PATH_BYTES;
}

const MOVE = `
WITH given AS (
  SELECT $1::integer AS directory, $2::text AS from_path, $3::text AS to_path, $4::bigint AS seq, $5::integer AS ordinal, $6::bytea AS device
), source AS (
  SELECT e.* FROM entry e WHERE e.directory = $1 AND e.path_hash = $7::bytea
  UNION ALL
  SELECT e.* FROM entry e WHERE e.directory = $1 AND e.kind <> 0 AND ${below('e', 2)}
), moved AS (
  SELECT s.*, $3::text || substr(s.path, length($2::text) + 1) AS new_path, s.path_hash = $7::bytea AS is_root FROM source s
), keyed AS (
  SELECT m.*, sha256(convert_to(m.new_path, 'UTF8')) AS new_hash,
         CASE WHEN m.is_root THEN $8::bytea
              ELSE sha256(convert_to(left(m.new_path, -position('/' IN reverse(m.new_path))), 'UTF8')) END AS new_parent
  FROM moved m
), placed AS (
  SELECT k.*, greatest(k.ord, coalesce(t.ord, k.ord)) + 1000000 AS new_ord
  FROM keyed k LEFT JOIN entry t ON t.directory = $1 AND t.path_hash = k.new_hash
), gone AS (
  INSERT INTO version (directory, path_hash, seq, ordinal, path, kind, ord, since_seq, since_ordinal, parent_seq, parent_ordinal, device, lost, by_move)
  SELECT g.directory, p.path_hash, g.seq, g.ordinal, p.path, 0, p.ord + 1000000, g.seq, g.ordinal, p.seq, p.ordinal, g.device, false, true
  FROM given g, placed p
), arrived AS (
  INSERT INTO version (directory, path_hash, seq, ordinal, path, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal,
                       parent_seq, parent_ordinal, device, change_id, lost, by_move, moved_from)
  SELECT g.directory, p.new_hash, g.seq, g.ordinal, p.new_path, p.kind, p.hash, p.size, p.mtime, p.executable, p.target, p.new_ord, g.seq, g.ordinal,
         p.seq, p.ordinal, g.device, CASE WHEN p.is_root THEN $9::text END, false, true, p.path
  FROM given g, placed p
), line AS (
  INSERT INTO move (directory, seq, ordinal, from_path, to_path) SELECT directory, seq, ordinal, from_path, to_path FROM given
)
INSERT INTO entry AS e (directory, path_hash, parent_hash, path, seq, ordinal, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal)
SELECT g.directory, p.path_hash, p.parent_hash, p.path, g.seq, g.ordinal, 0::smallint, NULL, NULL, NULL, NULL, NULL, p.ord + 1000000, g.seq, g.ordinal
FROM given g, placed p
UNION ALL
SELECT g.directory, p.new_hash, p.new_parent, p.new_path, g.seq, g.ordinal, p.kind, p.hash, p.size, p.mtime, p.executable, p.target, p.new_ord, g.seq, g.ordinal
FROM given g, placed p
ON CONFLICT (directory, path_hash) DO UPDATE SET
  seq = excluded.seq, ordinal = excluded.ordinal, kind = excluded.kind, hash = excluded.hash, size = excluded.size, mtime = excluded.mtime,
  executable = excluded.executable, target = excluded.target, ord = excluded.ord, since_seq = excluded.since_seq,
  since_ordinal = excluded.since_ordinal`;

/**
 * Gives everything that lives at and below `from` its name below `to`: a tombstone at each old path, a version that remembers where it came
 * from at each new one, all under one version id, and one line in the log.
 */
export async function carryOutMove(transaction: Transaction, directory: number, move: MoveWrite): Promise<void> {
  await transaction.query(MOVE, [
    directory,
    move.from,
    move.to,
    move.seq,
    move.ordinal,
    deviceBytes(move.device),
    pathHash(move.from),
    parentHash(move.to),
    move.changeId,
  ]);
}
