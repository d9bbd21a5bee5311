import { type Entry, type VersionId, type VersionState, isSameTime, sameContent, sameState } from '@syncpair/contracts';
import { mergeSameContent } from '../commit/merge-metadata.ts';

/** What this client and the server last agreed on at a path. A tombstone: the server has nothing there, a folder stays here for what is ignored in it. */
export interface Base {
  readonly version: VersionId;
  readonly state: VersionState;
  /** This platform cannot hold the entry: its absence here says nothing. */
  readonly held: boolean;
}

/** What lies at a path on this disk, compared with the base. */
export type Local =
  /** As the base says (which may be: nothing). */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly entry: Entry }
  /** Certainly gone: the root is proven and the folder above was listed completely. */
  | { readonly kind: 'deleted' };

/** A head of the server that this client has not made its own yet. */
export interface Remote {
  readonly version: VersionId;
  readonly state: VersionState;
}

/** The one next step for a path. */
export type PathStep =
  | { readonly step: 'nothing' }
  /** Both sides say the same: the remote version becomes the base. */
  | { readonly step: 'adopt' }
  /** Tell the server what changed here; it decides against the head. `base` is the version it was made from. */
  | { readonly step: 'propose_put'; readonly entry: Entry; readonly base: VersionId | null }
  | { readonly step: 'propose_delete'; readonly base: VersionId }
  /** Make the disk say what the head says; it must still be what the base says. */
  | { readonly step: 'apply' }
  /** The base names something that neither side has any more. */
  | { readonly step: 'forget' };

/**
 * The three-way decision of a client for one path: base, local and remote. The server alone decides between concurrent versions, so a
 * local change is always proposed with the version it was made from, and what the server made of it comes back as a remote head.
 */
export function planPath(base: Base | null, local: Local, remote: Remote | null): PathStep {
  switch (local.kind) {
    case 'unchanged':
      if (remote === null) return { step: 'nothing' };
      if (base === null && remote.state.kind === 'tombstone') return { step: 'forget' };
      return base !== null && base.version === remote.version && sameState(base.state, remote.state)
        ? { step: 'adopt' }
        : { step: 'apply' };
    case 'deleted':
      if (base === null || base.held || base.state.kind === 'tombstone') return remote === null ? { step: 'forget' } : { step: 'apply' };
      if (remote !== null && remote.state.kind === 'tombstone') return { step: 'forget' };
      return { step: 'propose_delete', base: base.version };
    case 'changed':
      if (remote !== null && holds(remote.state, local.entry, base)) return { step: 'adopt' };
      return { step: 'propose_put', entry: local.entry, base: base === null ? null : base.version };
  }
}

/** True when the remote state has all that was changed here: the same content, and no touch or chmod of here that it lacks. */
function holds(remote: VersionState, here: Entry, base: Base | null): boolean {
  if (remote.kind === 'tombstone' || !sameContent(remote, here)) return false;
  // Whoever came to the content by itself gets the rest from the server too.
  if (base === null || !sameContent(base.state, here)) return true;
  const merged = mergeSameContent(base.state, remote, here);
  if (merged.kind === 'file' && remote.kind === 'file')
    return merged.executable === remote.executable && isSameTime(merged.mtime, remote.mtime);
  return merged.kind !== 'link' || remote.kind !== 'link' || isSameTime(merged.mtime, remote.mtime);
}
