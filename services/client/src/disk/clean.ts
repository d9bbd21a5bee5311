import { type BigIntStats, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseContentHash } from '@syncpair/contracts';
import { systemClock } from '../runtime/clock.ts';
import { CONTENT, KEPT_PREFIX } from './apply/trash-layout.ts';
import type { FolderHandles } from './folder-handles.ts';
import { STAGING, TRASH } from './own-folder.ts';
import type { FolderHandle } from './platform/platform.ts';
import { codeOf, meansAbsent } from './problem.ts';
import { lstat } from './stamp.ts';

const HOUR = 3_600_000;
/** How long the part of an interrupted download is worth more than its space. */
const KEEP_PART = 24 * HOUR;

/**
 * `Disk.clean`. From the staging area go what an earlier run wrote aside, and parts of downloads that nobody went on with for a day. From
 * the trash go objects that have another name still, and folders that a crash left empty of what they were to keep. Whatever else lies there may
 * be the last bytes that somebody wrote: how long that stays, the trash keeper decides.
 */
export function cleanOwnFolders(folders: FolderHandles): void {
  const now = systemClock.wall();
  sweep(folders, STAGING, (name, stats) => !parseContentHash(name).ok || now - Number(stats.mtimeMs) > KEEP_PART);
  sweep(folders, TRASH, (name, stats, path) =>
    stats.isDirectory() ? name.startsWith(KEPT_PREFIX) && lstat(join(path, CONTENT)) === undefined : stats.nlink > 1n,
  );
}

function sweep(folders: FolderHandles, own: string, isDebris: (name: string, stats: BigIntStats, path: string) => boolean): void {
  let folder: FolderHandle;
  try {
    folder = folders.root.openChild(own);
  } catch (error) {
    if (meansAbsent(error)) return;
    throw error;
  }
  try {
    for (const name of readdirSync(folder.self)) {
      const path = folder.at(name);
      const stats = lstat(path);
      if (stats !== undefined && isDebris(name, stats, path)) removeIfPossible(path);
    }
  } finally {
    folder.close();
  }
}

/** What stays is tried again at the next start. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
