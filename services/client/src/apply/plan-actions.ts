import { type FileEntry, type LinkEntry, type RelativePath, sameContent } from '@syncpair/contracts';
import type { DiskAction, Expected, ExpectedFile } from '../disk/disk.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/** What must be done on disk for a head, and which content it takes. */
export interface PlannedApply {
  readonly head: RemoteHead;
  readonly base: BaseEntry | null;
  readonly need:
    | { readonly kind: 'none' }
    /** The bytes of `head.state.hash`. */
    | { readonly kind: 'content'; readonly entry: FileEntry }
    /** An untouched file here has the same content. */
    | { readonly kind: 'copy'; readonly entry: FileEntry; readonly from: ExpectedFile };
}

/** What must lie at the path for the head to be applied: what the base last saw there. */
export function expectedOf(base: BaseEntry | null): Expected {
  return base === null || base.stamp === null ? 'absent' : { stamp: base.stamp };
}

/** `source` is what the base has where the head was moved from. */
export function planApply(head: RemoteHead, base: BaseEntry | null, source: BaseEntry | null): PlannedApply {
  const { state } = head;
  if (state.kind !== 'file' || hasContent(base, state)) return { head, base, need: { kind: 'none' } };
  if (source !== null && source.stamp !== null && source.state.kind === 'file' && source.state.hash === state.hash) {
    return { head, base, need: { kind: 'copy', entry: state, from: { path: source.path, stamp: source.stamp } } };
  }
  return { head, base, need: { kind: 'content', entry: state } };
}

function hasContent(base: BaseEntry | null, entry: FileEntry | LinkEntry): boolean {
  return base !== null && base.stamp !== null && sameContent(base.state, entry);
}

/** The disk actions for a head, in order. `content` is where a file's bytes come from, null where it needs none. */
export function toActions({ head, base }: PlannedApply, content: Extract<DiskAction, { op: 'file' }>['content'] | null): DiskAction[] {
  const { path, state } = head;
  const expected = expectedOf(base);
  switch (state.kind) {
    case 'tombstone':
      return [{ op: 'remove', path, expected }];
    case 'dir':
      return [{ op: 'dir', path, expected }];
    case 'link':
      if (hasContent(base, state)) return [{ op: 'metadata', path, expected, mtime: state.mtime, executable: null }];
      return inPlaceOfFolder(path, base, expected, (now) => ({
        op: 'link',
        path,
        expected: now,
        target: state.target,
        mtime: state.mtime,
      }));
    case 'file':
      if (content === null) return [{ op: 'metadata', path, expected, mtime: state.mtime, executable: state.executable }];
      return inPlaceOfFolder(path, base, expected, (now) => ({
        op: 'file',
        path,
        expected: now,
        content,
        mtime: state.mtime,
        executable: state.executable,
      }));
  }
}

function inPlaceOfFolder(
  path: RelativePath,
  base: BaseEntry | null,
  expected: Expected,
  action: (expected: Expected) => DiskAction,
): DiskAction[] {
  return base !== null && base.stamp !== null && (base.state.kind === 'dir' || base.state.kind === 'tombstone')
    ? [{ op: 'remove', path, expected }, action('absent')]
    : [action(expected)];
}
