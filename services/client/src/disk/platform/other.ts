import { constants, lstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DiskFailure } from '../problem.ts';
import type { FolderHandle, Platform } from './platform.ts';

const isWindows = process.platform === 'win32';

/**
 * Where no handle of a folder can be held, its real path is compared before and after each use. That leaves a window of microseconds to a
 * process that swaps folders for links on purpose, and none to accidents.
 */
class CheckedFolder implements FolderHandle {
  readonly device: bigint;
  readonly inode: bigint;
  readonly self: string;

  constructor(path: string) {
    this.self = path;
    const stats = lstatSync(path, { bigint: true });
    if (!stats.isDirectory()) throw new DiskFailure('not_a_folder', 'a folder is expected here, and something else is there');
    this.device = stats.dev;
    this.inode = stats.ino;
  }

  at(name: string): string {
    return join(this.self, name);
  }

  openChild(name: string): FolderHandle {
    const child = new CheckedFolder(this.at(name));
    child.confirm();
    return child;
  }

  confirm(): void {
    const now = lstatSync(this.self, { bigint: true });
    const same = now.isDirectory() && now.ino === this.inode && now.dev === this.device;
    // Case and Unicode form may differ from what was asked for; the object may not.
    const real = same ? statSync(realpathSync.native(this.self), { bigint: true }) : null;
    const where = realpathSync.native(join(this.self, '..'));
    const asked = join(this.self, '..');
    const inPlace = where === asked || where.normalize().toLowerCase() === asked.normalize().toLowerCase();
    if (real?.ino !== this.inode || !inPlace) throw new DiskFailure('moved', 'a folder on the way was moved meanwhile');
  }

  openForSync(): number | null {
    return isWindows ? null : openSync(this.self, constants.O_RDONLY);
  }

  close(): void {
    // Nothing is held.
  }
}

export const otherPlatform: Platform = {
  executableBit: !isWindows,
  mountsBelow: () => new Set(),
  openRoot: (root) => new CheckedFolder(realpathSync.native(root)),
};
