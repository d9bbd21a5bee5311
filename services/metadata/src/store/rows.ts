import { hash } from 'node:crypto';
import {
  type ContentHash,
  type RelativePath,
  type VersionId,
  type VersionState,
  parentOf,
  splitVersionId,
  versionId,
} from '@syncpair/contracts';
import type { StoredVersion } from '@syncpair/sync-core';

/** `kind` as it is stored. */
export const KIND = { tombstone: 0, file: 1, dir: 2, link: 3 } as const;
const KIND_NAMES = ['tombstone', 'file', 'dir', 'link'] as const;

/** The columns of a state, as they come from PostgreSQL: bigints as strings, hashes as buffers. */
export interface StateRow {
  readonly kind: number;
  readonly hash: Buffer | null;
  readonly size: string | null;
  readonly mtime: string | null;
  readonly executable: boolean | null;
  readonly target: string | null;
}

export interface HeadRow extends StateRow {
  readonly path: string;
  readonly seq: string;
  readonly ordinal: number;
}

export interface VersionRow extends HeadRow {
  readonly ord: string;
  readonly since_seq: string;
  readonly since_ordinal: number;
}

export const STATE_COLUMNS = ['kind', 'hash', 'size', 'mtime', 'executable', 'target'] as const;
export const HEAD_COLUMNS = ['path', 'seq', 'ordinal', ...STATE_COLUMNS] as const;
export const VERSION_COLUMNS = [...HEAD_COLUMNS, 'ord', 'since_seq', 'since_ordinal'] as const;

/** The columns of a version `v`, with the hash of a content that has expired as well: it still tells what was there. */
export const pastColumnsOf = (columns: readonly string[]): string =>
  columns.map((column) => (column === 'hash' ? 'coalesce(v.hash, v.gone_hash) AS hash' : `v.${column}`)).join(', ');

/** A version `v` whose content has expired: nothing can be read of it any more. */
export const HAS_EXPIRED = `v.kind = ${KIND.file} AND v.hash IS NULL`;

/** `a.path, a.seq, …` */
export const columnsOf = (alias: string, columns: readonly string[]): string => columns.map((column) => `${alias}.${column}`).join(', ');

export function toState(row: StateRow): VersionState {
  const kind = KIND_NAMES[row.kind];
  switch (kind) {
    case 'tombstone':
    case 'dir':
      return { kind };
    case 'link':
      return { kind, target: row.target as string, mtime: BigInt(row.mtime as string) };
    case 'file':
      return {
        kind,
        hash: (row.hash as Buffer).toString('hex') as ContentHash,
        size: Number(row.size),
        mtime: BigInt(row.mtime as string),
        executable: row.executable as boolean,
      };
    default:
      throw new Error(`a version of kind ${row.kind}`);
  }
}

export const toVersionId = (seq: string, ordinal: number): VersionId => versionId(Number(seq), ordinal);

/** A version that may be absent, from its two nullable columns. */
export const toVersionIdOrNull = (seq: string | null, ordinal: number | null): VersionId | null =>
  seq === null || ordinal === null ? null : toVersionId(seq, ordinal);

export const toHead = (row: HeadRow): { path: RelativePath; version: VersionId; state: VersionState } => ({
  path: row.path as RelativePath,
  version: toVersionId(row.seq, row.ordinal),
  state: toState(row),
});

export const toStored = (row: VersionRow): StoredVersion => ({
  version: toVersionId(row.seq, row.ordinal),
  state: toState(row),
  order: BigInt(row.ord),
  contentSince: toVersionId(row.since_seq, row.since_ordinal),
});

/** The column values of a state, in the order of `STATE_COLUMNS`. */
export function fromState(
  state: VersionState,
): readonly [number, Buffer | null, number | null, string | null, boolean | null, string | null] {
  switch (state.kind) {
    case 'tombstone':
    case 'dir':
      return [KIND[state.kind], null, null, null, null, null];
    case 'link':
      return [KIND.link, null, null, state.mtime.toString(), null, state.target];
    case 'file':
      return [KIND.file, hashBytes(state.hash), state.size, state.mtime.toString(), state.executable, null];
  }
}

export const hashBytes = (contentHash: ContentHash): Buffer => Buffer.from(contentHash, 'hex');
export const hashText = (bytes: Buffer): ContentHash => bytes.toString('hex') as ContentHash;
export const deviceBytes = (device: string): Buffer => Buffer.from(device, 'hex');

/** The key of a path in the tables. */
export const pathHash = (path: string): Buffer => hash('sha256', path, 'buffer');

const ROOT = Buffer.alloc(0);

/** The key of the folder that holds `path`; empty at the root. */
export function parentHash(path: RelativePath): Buffer {
  const parent = parentOf(path);
  return parent === null ? ROOT : pathHash(parent);
}

/** The two numbers of a version, or two nulls. */
export function versionColumns(id: VersionId | null): readonly [number | null, number | null] {
  if (id === null) return [null, null];
  const { seq, ordinal } = splitVersionId(id);
  return [seq, ordinal];
}

/**
 * A condition for the paths below the folder in parameter `$n`, through the index on the first 512 characters. Bounds are inclusive because
 * a folder may have more than those; `starts_with` has the last word.
 */
export const below = (alias: string, n: number): string =>
  `left(${alias}.path, 512) >= left($${n}::text || '/', 512) AND left(${alias}.path, 512) <= left($${n}::text || '0', 512)` +
  ` AND starts_with(${alias}.path, $${n}::text || '/')`;
