import type { IgnoreRules } from '@syncpair/sync-core';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/**
 * What a head means on a client with these ignore rules; null when it means nothing. What was in sync and is ignored by now stays as it is,
 * whatever becomes of it elsewhere. A path may be ignored as one kind and not as another: where something ignored took the place of what
 * was in sync here, that is gone, as if it had been deleted.
 */
export function seenHere(head: RemoteHead, base: BaseEntry | null, ignore: IgnoreRules): RemoteHead | null {
  const { path, state } = head;
  const isFrozen = base !== null && base.state.kind !== 'tombstone' && ignore.ignores(path, base.state.kind);
  if (state.kind === 'tombstone') return isFrozen ? null : head;
  if (!ignore.ignores(path, state.kind)) return head;
  if (base === null || base.state.kind === 'tombstone' || isFrozen) return null;
  return { ...head, state: { kind: 'tombstone' }, movedFrom: null };
}
