import { type ContentHash, type Entry, type FileEntry, carriedTime, sameState } from '@syncpair/contracts';
import type { Observed, ObservedFile, ObservedLink } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';

/** Node sets times as fractions of seconds in a double, which moves them by less than this. Nanoseconds. */
const SETTING_ERROR = 1_000n;

/** True when the object is the one that the base describes, untouched since. */
export function isUntouched(base: BaseEntry | null, observed: Observed): boolean {
  return base !== null && base.stamp === observed.stamp && base.state.kind === observed.kind;
}

/** The entry that a file with this content is. What the platform or the clock's grain cannot tell is taken from the base. */
export function fileEntry(observed: ObservedFile, hash: ContentHash, base: BaseEntry | null): FileEntry {
  const known = base?.state.kind === 'file' ? base.state : null;
  return {
    kind: 'file',
    hash,
    size: observed.size,
    mtime: closest(observed.mtime, known?.mtime),
    executable: observed.executable ?? known?.executable ?? false,
  };
}

export function linkEntry(observed: ObservedLink, base: BaseEntry | null): Entry {
  const known = base?.state.kind === 'link' ? base.state : null;
  return { kind: 'link', target: observed.target, mtime: closest(observed.mtime, known?.mtime) };
}

/** True when only the object changed and nothing that is carried: its new stamp is all there is to record. */
export function saysTheSame(base: BaseEntry | null, entry: Entry): boolean {
  return base !== null && !base.held && sameState(base.state, entry);
}

function closest(observed: bigint, known: bigint | undefined): bigint {
  const carried = carriedTime(observed);
  if (known === undefined) return carried;
  const apart = carried - known;
  return apart > -SETTING_ERROR && apart < SETTING_ERROR ? known : carried;
}
