import type { Engine } from '../daemon/engine.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/**
 * The server has news of a path whose deletion waits here. That it is gone there too settles the deletion; anything else is a change by
 * somebody that outlives it, and the path comes back.
 *
 * @returns false for a path that does not wait
 */
export function settleHeld({ state, wake }: Engine, { path, version, state: head }: RemoteHead): boolean {
  if (!state.holds.has(path)) return false;
  const gone = head.kind === 'tombstone';
  state.transaction(() => {
    state.holds.release(path, !gone);
    state.base.remove(path);
    if (gone) state.remote.remove(path, version);
  });
  wake();
  return true;
}
