import { NANOSECONDS_PER_MS, type RelativePath, type VersionId } from '@syncpair/contracts';
import type { ServerSide } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import { readCursor } from './head-stream.ts';
import { HEAD_COLUMNS, type HeadRow, KIND, columnsOf, toState, toVersionId } from './rows.ts';

/** What the specification's calls see of a directory: files and deletions with their times, and the versions they stand for. */
export async function readServerSide(
  transaction: Transaction,
  directory: number,
): Promise<Map<RelativePath, ServerSide & { readonly version: VersionId }>> {
  const found = new Map<RelativePath, ServerSide & { readonly version: VersionId }>();
  const rows = readCursor<HeadRow & { committed: Date | null }>(
    transaction,
    `SELECT ${columnsOf('e', HEAD_COLUMNS)}, c.at AS committed
     FROM entry e LEFT JOIN commit c ON e.kind = ${KIND.tombstone} AND c.directory = e.directory AND c.seq = e.seq
     WHERE e.directory = $1`,
    [directory],
  );
  for await (const batch of rows) {
    for (const row of batch) found.set(row.path as RelativePath, { ...toServerSide(row), version: toVersionId(row.seq, row.ordinal) });
  }
  return found;
}

function toServerSide(row: HeadRow & { readonly committed: Date | null }): ServerSide {
  const state = toState(row);
  if (state.kind === 'file') return { kind: 'file', hash: state.hash, size: state.size, modified: state.mtime };
  if (state.kind !== 'tombstone') return { kind: 'other' };
  // By the word of who deleted it, where there is one; else when the deletion arrived here.
  const at = row.mtime === null ? BigInt((row.committed as Date).getTime()) * NANOSECONDS_PER_MS : BigInt(row.mtime);
  return { kind: 'deleted', at };
}
