import { type Stats, constants, existsSync } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, orMissing } from './disk-error.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_CREAT, O_EXCL, O_RDWR } = constants;

/** Linux reaches a file through the handle of its folder, whatever is done to the path meanwhile. */
const BY_HANDLE = process.platform === 'linux' && existsSync('/proc/self/fd');

/**
 * A folder of the store, held open. Everything in it is reached through the handle, and neither the folder nor a file in it is ever followed
 * when it is a symbolic link: an exchanged folder makes calls fail, it never leads them out of the storage.
 */
export class Folder {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** @throws when `path` is missing, is a link or is not a folder. */
  static async at(path: string): Promise<Folder> {
    return new Folder(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path);
  }

  /** A folder in this one, made when it is missing. The caller closes it. */
  async folder(name: string): Promise<Folder> {
    const existing = await this.existing(name);
    if (existing !== null) return existing;
    await mkdir(this.path(name), { mode: 0o700, recursive: true });
    await this.sync();
    return Folder.at(this.path(name));
  }

  /** A folder in this one, null when there is none. The caller closes it. */
  async existing(name: string): Promise<Folder | null> {
    try {
      return await Folder.at(this.path(name));
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return null;
      if (code !== 'ELOOP' && code !== 'ENOTDIR') throw error;
      throw new Error(`the storage folder "${name}" is a link or a file; it is not used`, { cause: error });
    }
  }

  /** A path for calls that take no handle; it ends in `name`, which must not be followed. */
  path(name: string): string {
    // Otherwise a store that was closed would find nothing, and say so.
    if (this.#handle.fd < 0) throw new Error('the store is closed');
    return BY_HANDLE ? `/proc/self/fd/${this.#handle.fd}/${name}` : join(this.#path, name);
  }

  create(name: string): Promise<FileHandle> {
    return open(this.path(name), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  }

  /** A regular file for reading, null when there is none: a link or folder of that name is nothing of ours. */
  async read(name: string): Promise<FileHandle | null> {
    try {
      const handle = await open(this.path(name), O_RDONLY | O_NOFOLLOW);
      if ((await handle.stat()).isFile()) return handle;
      await handle.close();
      return null;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ELOOP') return null;
      throw error;
    }
  }

  async size(name: string): Promise<number | null> {
    const found: Stats | null = await orMissing(lstat(this.path(name)));
    return found?.isFile() === true ? found.size : null;
  }

  stat(name: string): Promise<Stats | null> {
    return orMissing(lstat(this.path(name)));
  }

  /** Names in it, sorted. */
  async names(): Promise<string[]> {
    return (await readdir(BY_HANDLE ? `/proc/self/fd/${this.#handle.fd}` : this.#path)).sort();
  }

  async remove(name: string): Promise<void> {
    await orMissing(unlink(this.path(name)));
  }

  /** Moves a file here, in place of what has the name, and makes that durable. */
  async adopt(from: Folder, temporary: string, name: string): Promise<void> {
    await rename(from.path(temporary), this.path(name));
    await this.sync();
  }

  /** Gives a file a name here, durable, unless the name is taken: false then. */
  async adoptNew(from: Folder, temporary: string, name: string): Promise<boolean> {
    try {
      await link(from.path(temporary), this.path(name));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
    await this.sync();
    return true;
  }

  /** Moves a file here under another name, not durable yet; false when there is none. */
  async take(from: Folder, name: string, as: string): Promise<boolean> {
    return (await orMissing(rename(from.path(name), this.path(as)).then(() => true))) ?? false;
  }

  /** Makes the names in it durable. */
  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
