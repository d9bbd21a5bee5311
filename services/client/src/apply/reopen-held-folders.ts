import { type RelativePath, ancestorsOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';

/**
 * Somebody puts something into a folder whose deletion waits here: the folders above it outlive that and come back, while all else in them
 * goes on waiting.
 *
 * @returns false when none of them waits
 */
export function reopenHeldFolders({ state, wake }: Engine, path: RelativePath): boolean {
  const folders = ancestorsOf(path).filter((folder) => state.holds.has(folder));
  if (folders.length === 0) return false;
  state.transaction(() => {
    for (const folder of folders) {
      state.holds.release(folder);
      const base = state.base.get(folder);
      if (base === null) continue;
      state.base.remove(folder);
      state.remote.learn({ path: folder, version: base.version, state: base.state });
    }
  });
  wake();
  return true;
}
