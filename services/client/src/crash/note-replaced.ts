import type { RelativePath, VersionId } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

/**
 * Notes, of a head that a later line of the log replaces, that it may lie on the disk all the same: after a power cut the state may have
 * forgotten that it was applied.
 */
export function noteReplaced({ state, clock, afterCut }: Engine, path: RelativePath, version: VersionId): void {
  const head = afterCut ? state.remote.get(path) : null;
  if (head !== null && head.state.kind !== 'tombstone') state.earlier.note({ path, earlier: head.state, version }, clock.wall());
}
