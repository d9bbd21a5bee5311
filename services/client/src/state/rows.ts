import type { ContentHash, VersionState } from '@syncpair/contracts';

/** The columns that both `base` and `remote` use for a state. */
export interface StateRow {
  readonly kind: string;
  readonly hash: Uint8Array | null;
  readonly size: number | null;
  readonly mtime: string | null;
  readonly executable: number | null;
  readonly target: string | null;
}

export const STATE_COLUMNS = 'kind, hash, size, mtime, executable, target';

export function toState(row: StateRow): VersionState {
  switch (row.kind) {
    case 'file':
      return {
        kind: 'file',
        hash: Buffer.from(row.hash as Uint8Array).toString('hex') as ContentHash,
        size: row.size as number,
        mtime: BigInt(row.mtime as string),
        executable: row.executable === 1,
      };
    case 'link':
      return { kind: 'link', target: row.target as string, mtime: BigInt(row.mtime as string) };
    case 'dir':
      return { kind: 'dir' };
    default:
      return { kind: 'tombstone' };
  }
}

/** In the order of STATE_COLUMNS. */
export function fromState(state: VersionState): [string, Uint8Array | null, number | null, string | null, number | null, string | null] {
  switch (state.kind) {
    case 'file':
      return ['file', Buffer.from(state.hash, 'hex'), state.size, state.mtime.toString(), state.executable ? 1 : 0, null];
    case 'link':
      return ['link', null, null, state.mtime.toString(), null, state.target];
    case 'dir':
    case 'tombstone':
      return [state.kind, null, null, null, null, null];
  }
}
