import { type BigIntStats, type FSWatcher, lstatSync, watch } from 'node:fs';

/** One `fs.watch` on one folder, and which folder that was. */
export class FolderWatch {
  /** True once the system said that this very folder was removed or moved; its inode number may be in use again. */
  stale = false;
  readonly #watcher: FSWatcher;
  readonly #inode: bigint;
  readonly #born: bigint;

  /** @throws system errors */
  constructor(path: string, stats: BigIntStats, onEvent: (type: string, name: string | null) => void, onError: (error: Error) => void) {
    this.#inode = stats.ino;
    this.#born = stats.birthtimeNs;
    this.#watcher = watch(path, { encoding: 'utf8' }, onEvent);
    this.#watcher.on('error', onError);
  }

  watches(stats: BigIntStats): boolean {
    return !this.stale && stats.ino === this.#inode && stats.birthtimeNs === this.#born;
  }

  close(): void {
    this.#watcher.close();
  }
}

/** One look at a folder; undefined where none is. @throws system errors */
export function lookAtFolder(path: string): BigIntStats | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isDirectory() === true ? stats : undefined;
}
