import type { Seq, VersionId } from '@syncpair/contracts';
import type { ConflictWrite, VersionWrite } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import { deviceBytes, fromState, parentHash, pathHash, versionColumns } from './rows.ts';

/** A commit's row. */
export interface CommitRow {
  readonly seq: Seq;
  readonly device: string;
  readonly author: string;
  /** Lines of the log it takes when clients replay it. */
  readonly lines: number;
  /** What made it, when it was no device's own sync. */
  readonly call: string | null;
  readonly mark: string;
}

export type CommittedWrite = VersionWrite & {
  readonly directory: number;
  readonly seq: Seq;
  readonly device: string;
  /** Of a tombstone, when it was deleted by the word of who deleted it, nanoseconds since 1970. */
  readonly deletedAt: bigint | null;
  /** The version that it brings back. */
  readonly restoredFrom: VersionId | null;
};

/** What one transaction adds to the log of a directory. */
export interface Closing {
  readonly directory: number;
  /** In the order of their sequence numbers, at least one. */
  readonly commits: readonly CommitRow[];
  /** How many conflicts are new. */
  readonly conflicts: number;
}

/** A conflict's row. */
export type CommittedConflict = ConflictWrite & { readonly directory: number };

const TYPES = [
  'integer', // directory
  'bigint', // seq
  'integer', // ordinal
  'bytea', // path_hash
  'bytea', // parent_hash
  'text', // path
  'smallint', // kind
  'bytea', // hash
  'bigint', // size
  'bigint', // mtime
  'boolean', // executable
  'text', // target
  'bigint', // ord
  'bigint', // since_seq
  'integer', // since_ordinal
  'bigint', // parent_seq
  'integer', // parent_ordinal
  'bytea', // device
  'text', // change_id
  'bigint', // restored_seq
  'integer', // restored_ordinal
  'boolean', // lost
  'boolean', // is_head
] as const;

const INSERT_WRITES = `
WITH w AS (
  SELECT * FROM unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
    AS w(directory, seq, ordinal, path_hash, parent_hash, path, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal,
         parent_seq, parent_ordinal, device, change_id, restored_seq, restored_ordinal, lost, is_head)
), kept AS (
  INSERT INTO version (directory, path_hash, seq, ordinal, path, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal,
                       parent_seq, parent_ordinal, device, change_id, restored_seq, restored_ordinal, lost, by_move)
  SELECT directory, path_hash, seq, ordinal, path, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal,
         parent_seq, parent_ordinal, device, change_id, restored_seq, restored_ordinal, lost, false FROM w
)
INSERT INTO entry AS e (directory, path_hash, parent_hash, path, seq, ordinal, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal)
SELECT directory, path_hash, parent_hash, path, seq, ordinal, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal
FROM w WHERE is_head
ON CONFLICT (directory, path_hash) DO UPDATE SET
  seq = excluded.seq, ordinal = excluded.ordinal, kind = excluded.kind, hash = excluded.hash, size = excluded.size, mtime = excluded.mtime,
  executable = excluded.executable, target = excluded.target, ord = excluded.ord, since_seq = excluded.since_seq,
  since_ordinal = excluded.since_ordinal`;

/** Inserts versions, and makes the last one of each path that is not lost its head, in however many directories. */
export async function insertWrites(transaction: Transaction, writes: readonly CommittedWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const heads = new Map<string, CommittedWrite>();
  for (const write of writes) if (!write.lost) heads.set(placeOf(write), write);
  const columns: unknown[][] = TYPES.map(() => []);
  for (const write of writes) {
    const values = [
      write.directory,
      write.seq,
      write.ordinal,
      pathHash(write.path),
      parentHash(write.path),
      write.path,
      ...stateValues(write),
      write.order.toString(),
      ...versionColumns(write.contentSince),
      ...versionColumns(write.parent),
      deviceBytes(write.device),
      write.changeId,
      ...versionColumns(write.restoredFrom),
      write.lost,
      heads.get(placeOf(write)) === write,
    ];
    values.forEach((value, index) => (columns[index] as unknown[]).push(value));
  }
  await transaction.query(INSERT_WRITES, columns);
}

const placeOf = ({ directory, path }: CommittedWrite): string => `${directory} ${path}`;

function stateValues(write: CommittedWrite): unknown[] {
  const [kind, contentHash, size, mtime, ...rest] = fromState(write.state);
  return [kind, contentHash, size, write.deletedAt?.toString() ?? mtime, ...rest];
}

export async function insertConflicts(transaction: Transaction, conflicts: readonly CommittedConflict[], at: Date): Promise<void> {
  if (conflicts.length === 0) return;
  const numbers = (pick: (conflict: ConflictWrite) => Parameters<typeof versionColumns>[0]): [unknown[], unknown[]] => {
    const pairs = conflicts.map((conflict) => versionColumns(pick(conflict)));
    return [pairs.map(([seq]) => seq), pairs.map(([, ordinal]) => ordinal)];
  };
  await transaction.query(
    `INSERT INTO conflict (directory, at, seq, ordinal, path, kind, base_seq, base_ordinal, winner_seq, winner_ordinal, loser_seq, loser_ordinal)
     SELECT directory, $1, seq, ordinal, path, kind, base_seq, base_ordinal, winner_seq, winner_ordinal, loser_seq, loser_ordinal
     FROM unnest($2::integer[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::bigint[], $8::integer[], $9::bigint[], $10::integer[],
       $11::bigint[], $12::integer[])
       AS c(directory, seq, ordinal, path, kind, base_seq, base_ordinal, winner_seq, winner_ordinal, loser_seq, loser_ordinal)`,
    [
      at,
      conflicts.map(({ directory }) => directory),
      ...numbers(({ id }) => id.slice(1) as ConflictWrite['winner']),
      conflicts.map(({ path }) => path),
      conflicts.map(({ kind }) => kind),
      ...numbers(({ base }) => base),
      ...numbers(({ winner }) => winner),
      ...numbers(({ loser }) => loser),
    ],
  );
}

/** The commits' own rows, and the directories' new heads. */
export async function finishCommits(transaction: Transaction, closings: readonly Closing[], at: Date): Promise<void> {
  if (closings.length === 0) return;
  const rows = closings.flatMap(({ directory, commits }) => commits.map((commit) => ({ directory, ...commit })));
  await transaction.query(
    `WITH kept AS (
       INSERT INTO commit (directory, at, seq, device, author, lines, call, mark)
       SELECT directory, $1, seq, device, author, lines, call, mark
       FROM unnest($2::integer[], $3::bigint[], $4::bytea[], $5::text[], $6::integer[], $7::text[], $8::text[])
         AS c(directory, seq, device, author, lines, call, mark)
     )
     UPDATE directory d SET head_seq = h.seq, open_conflicts = d.open_conflicts + h.conflicts
     FROM unnest($9::integer[], $10::bigint[], $11::integer[]) h(directory, seq, conflicts) WHERE d.id = h.directory`,
    [
      at,
      rows.map(({ directory }) => directory),
      rows.map(({ seq }) => seq),
      rows.map(({ device }) => deviceBytes(device)),
      rows.map(({ author }) => author),
      rows.map(({ lines }) => lines),
      rows.map(({ call }) => call),
      rows.map(({ mark }) => mark),
      closings.map(({ directory }) => directory),
      closings.map(({ commits }) => commits.at(-1)?.seq),
      closings.map(({ conflicts }) => conflicts),
    ],
  );
}
