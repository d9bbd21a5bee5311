import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync } from 'node:fs';
import { keepOpen } from './open-files.ts';
import type { FolderHandle } from './platform/platform.ts';
import { DiskFailure, codeOf } from './problem.ts';

/**
 * From so many objects on, one `syncfs` of the whole file system is cheaper than an `fsync` of each: measured on ext4, 2.6 ms for each
 * fsync against 25 to 90 ms for starting `sync -f` and waiting for it.
 */
const MANY = 24;

/** So many folders wait opened for being flushed; one more, and the whole file system is. */
const MOST_FOLDERS = keepOpen(MANY);

let hasSyncCommand = process.platform === 'linux';

/** True when so many objects are better made durable by `syncFileSystem`. */
export const isMany = (objects: number): boolean => hasSyncCommand && objects >= MANY;

/** Makes all that was written to the file system of `folder` durable at once. False where this machine cannot do that. */
export function syncFileSystem(folder: FolderHandle): boolean {
  if (!hasSyncCommand) return false;
  const descriptor = folder.openForSync();
  if (descriptor === null) return false;
  try {
    // The child reaches the folder through the descriptor, so that no other file system can be meant by its path.
    const { status } = spawnSync('sync', ['-f', '/proc/self/fd/3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    hasSyncCommand = status === 0;
    return hasSyncCommand;
  } finally {
    closeSync(descriptor);
  }
}

/** What one batch changes besides staged contents; each object is made durable once. */
export class Durability {
  readonly #folders = new Map<bigint, number>();
  #files = 0;
  #whole = false;

  /** Called before names in a folder change, so that a folder which cannot be made durable is not touched. @throws system errors */
  folder(folder: FolderHandle): void {
    if (this.#whole || this.#folders.has(folder.inode)) return;
    if (this.#folders.size >= MOST_FOLDERS) {
      this.#whole = hasSyncCommand;
      this.#flush();
      if (this.#whole) return;
    }
    try {
      const descriptor = folder.openForSync();
      if (descriptor !== null) this.#folders.set(folder.inode, descriptor);
    } catch (error) {
      // A folder may be writable and not readable; only the whole file system can be flushed then.
      if (codeOf(error) !== 'EACCES' || !hasSyncCommand) throw error;
      this.#whole = true;
    }
  }

  /** Called after the metadata of a file changed. @throws system errors */
  file(descriptor: number): void {
    this.#files += 1;
    if (this.#files > MANY && hasSyncCommand) this.#whole = true;
    if (!this.#whole) fsyncSync(descriptor);
  }

  /** @throws system errors, {DiskFailure}: whether the changes survive a power cut is not certain then */
  sync(root: FolderHandle): void {
    if (this.#whole && !syncFileSystem(root)) throw new DiskFailure('not_durable', 'the file system could not be flushed');
    this.#flush();
  }

  close(): void {
    for (const descriptor of this.#folders.values()) closeSync(descriptor);
    this.#folders.clear();
  }

  #flush(): void {
    if (!this.#whole) for (const descriptor of this.#folders.values()) fsyncSync(descriptor);
    this.close();
  }
}
