import { type Entry, type VersionId, type VersionState, sameContent, sameState } from '@syncpair/contracts';

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
      if (remote !== null && sameContent(remote.state, local.entry)) return { step: 'adopt' };
      return { step: 'propose_put', entry: local.entry, base: base === null ? null : base.version };
  }
}
