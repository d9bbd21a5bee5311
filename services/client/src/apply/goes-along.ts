import { type VersionId, isBelow, splitVersionId } from '@syncpair/contracts';
import type { RemoteHead, RemoteMove } from '../state/remote-store.ts';

/**
 * True when carrying out a head now would take from a rename that waits what it is to carry: an entry that arrives at its end by a move, or a
 * deletion at its beginning that came with it or later. What was deleted before the rename goes before it.
 */
export function goesAlong({ path, version, state, movedFrom }: RemoteHead, move: RemoteMove): boolean {
  const [end, counts] = state.kind === 'tombstone' ? [move.from, !isBefore(version, move.version)] : [move.to, movedFrom !== null];
  return counts && (path === end || isBelow(path, end));
}

function isBefore(a: VersionId, b: VersionId): boolean {
  const [first, second] = [splitVersionId(a), splitVersionId(b)];
  return first.seq === second.seq ? first.ordinal < second.ordinal : first.seq < second.seq;
}
