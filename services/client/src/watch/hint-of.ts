import { type RelativePath, joinPath, parseRelativePath } from '@syncpair/contracts';
import { isOwnName } from '../disk/own-folder.ts';
import type { WatchHint } from './watcher.ts';

const REPLACEMENT = '�';

/**
 * What an event about `name` in `folder` hints at; null when it is about SyncPair's own files. A name that is missing, no text, or none
 * that can travel tells only the folder.
 */
export function hintOf(folder: RelativePath | null, name: string | null): WatchHint | null {
  if (name === null || name === '' || name.includes(REPLACEMENT)) return { kind: 'folder', folder };
  if (folder === null && isOwnName(name)) return null;
  const path = parseRelativePath(joinPath(folder, name));
  return path.ok ? { kind: 'path', path: path.value } : { kind: 'folder', folder };
}
