import type { RelativePath } from '@syncpair/contracts';
import type { FolderHandles } from './folder-handles.ts';
import type { Observed } from './observed.ts';
import { type ObserveOptions, observe } from './stamp.ts';

/** What lies at `path`, which `node:fs` reaches as `at`; null where nothing does. Knows mounts that the device does not tell. @throws system errors */
export function observeAt(folders: FolderHandles, path: RelativePath, at: string, options: ObserveOptions): Observed | null {
  const observed = observe(at, options);
  if (observed?.kind !== 'dir' || observed.otherFileSystem) return observed;
  return folders.isElsewhere(path, options.device) ? { ...observed, otherFileSystem: true } : observed;
}
