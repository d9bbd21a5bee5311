import type { Entry, VersionState } from '@syncpair/contracts';

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * The three-way merge of executable bit and mtime when both sides hold the same content: a side that changed a field since `base` wins it;
 * when both did, the greater mtime and the proposer's bit. Without a base the head stands, so that a first join changes nobody's files.
 */
export function mergeSameContent(base: VersionState | null, head: Entry, proposed: Entry): Entry {
  if (base === null || head.kind === 'dir' || proposed.kind === 'dir') return head;
  if (head.kind === 'link' || proposed.kind === 'link') {
    return head.kind === 'link' && proposed.kind === 'link' && base.kind === 'link'
      ? { ...head, mtime: pickMtime(base.mtime, head.mtime, proposed.mtime) }
      : head;
  }
  if (base.kind !== 'file') return head;
  return {
    ...head,
    mtime: pickMtime(base.mtime, head.mtime, proposed.mtime),
    executable: proposed.executable === base.executable ? head.executable : proposed.executable,
  };
}

/** `edited` with the executable bit that the other side, which left the content alone, changed since `base`. */
export function mergeBesideEdit(base: VersionState, edited: Entry, other: VersionState): Entry {
  if (edited.kind !== 'file' || base.kind !== 'file' || other.kind !== 'file') return edited;
  return { ...edited, executable: other.executable === base.executable ? edited.executable : other.executable };
}

function pickMtime(base: bigint, head: bigint, proposed: bigint): bigint {
  if (proposed === base) return head;
  return head === base ? proposed : max(head, proposed);
}
