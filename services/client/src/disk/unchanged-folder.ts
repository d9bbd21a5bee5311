import { readdirSync } from 'node:fs';
import { type RelativePath, joinPath } from '@syncpair/contracts';
import type { Unchanged } from './disk.ts';
import type { FolderHandles } from './folder-handles.ts';
import { isOwnName } from './own-folder.ts';
import { toProblem } from './problem.ts';
import { type ObserveOptions, lstat, stampOf } from './stamp.ts';

/** Behind a stamp and behind a name in `KnownFolder.known`: neither can hold it. */
const END = '/';

/**
 * Holds what lies in a folder against what is `known` of it, see `KnownFolder`, and makes nothing of a name but its stamp: most folders are
 * unchanged most of the time. Null when it is another one, or cannot be told, which a listing does.
 */
export function unchangedFolder(
  folders: FolderHandles,
  folder: RelativePath | null,
  known: string,
  { device }: ObserveOptions,
): Unchanged | null {
  try {
    const handle = folders.folder(folder);
    const inside: RelativePath[] = [];
    let file: string | null = null;
    let at = 0;
    // By UTF-16 units: where the order of the names' bytes is another one, the folder is listed.
    for (const name of readdirSync(handle.self).sort()) {
      if (folder === null && isOwnName(name)) continue;
      const stats = lstat(handle.at(name));
      if (stats === undefined) return null;
      const stamp = stampOf(stats);
      if (!known.startsWith(stamp, at) || !known.startsWith(END, (at += stamp.length))) return null;
      if (!known.startsWith(name, (at += END.length)) || !known.startsWith(END, (at += name.length))) return null;
      at += END.length;
      if (stats.isFile()) file ??= name;
      else if (stats.isDirectory()) {
        const path = joinPath(folder, name);
        // The inode of a folder does not tell what is mounted there.
        if (stats.dev !== device || folders.isElsewhere(path, stats.dev)) return null;
        inside.push(path);
      }
    }
    handle.confirm();
    return at === known.length ? { unchanged: true, folders: inside, file: file === null ? null : joinPath(folder, file) } : null;
  } catch (error) {
    toProblem(error);
    return null;
  }
}
