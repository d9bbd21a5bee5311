import { type RelativePath, type VersionId, rebase } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/**
 * Base and waiting heads after a move that happened both here and on the server, whose `to` was free. What others changed below `from`
 * before it went along with it, deletions too: it waits below `to` now. Runs inside a transaction.
 */
export function moveBase({ state }: Engine, from: RelativePath, to: RelativePath, version: VersionId): void {
  const at = (path: RelativePath): RemoteHead[] => [state.remote.get(path), ...state.remote.under(path)].filter((head) => head !== null);
  for (const { path } of at(to)) state.remote.remove(path);
  state.base.rename(from, to, version);
  for (const head of at(from)) {
    state.remote.remove(head.path);
    const path = rebase(head.path, from, to);
    if (head.state.kind !== 'tombstone' || state.base.get(path) !== null) state.remote.put({ ...head, path, version });
  }
}
