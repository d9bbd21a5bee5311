import type { RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

const NOTHING: VersionState = { kind: 'tombstone' };

/**
 * Notes what a path held before the server took a change of it, for the case that the power goes before the disk has that change. A new file
 * needs no note: the stamp in its base tells that it is recent.
 */
export function noteEarlier(
  { state, clock }: Engine,
  path: RelativePath,
  { before, after, version }: { readonly before: VersionState | null; readonly after: VersionState; readonly version: VersionId },
): void {
  if (before === null && after.kind !== 'dir') return;
  state.earlier.note({ path, earlier: before ?? NOTHING, version }, clock.wall());
}
