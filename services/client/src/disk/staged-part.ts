import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { ContentHash } from '@syncpair/contracts';
import { type StagedFile, StagingError } from './disk.ts';
import { STAGING, openOwnFolder } from './own-folder.ts';
import { codeOf, toProblem } from './problem.ts';
import type { Root } from './root.ts';

const FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const PART = 1 << 18;

/** `Disk.stage`. @throws {RootLostError}, {StagingError} */
export async function stagePart(root: Root, key: ContentHash): Promise<StagedFile> {
  return reporting(async () => {
    const file = await inStaging(root, (path) => openOrRenew(path(key)));
    try {
      return new StagedPart(root, key, file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  });
}

class StagedPart implements StagedFile {
  readonly size: number;
  readonly #root: Root;
  readonly #key: ContentHash;
  readonly #file: FileHandle;
  #end: number;

  constructor(root: Root, key: ContentHash, file: FileHandle, size: number) {
    this.#root = root;
    this.#key = key;
    this.#file = file;
    this.size = size;
    this.#end = size;
  }

  async *readExisting(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < this.size;) {
      const length = Math.min(PART, this.size - at);
      const { bytesRead, buffer } = await reporting(() => this.#file.read(Buffer.allocUnsafe(length), 0, length, at));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    await reporting(async () => {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, at, chunk.length - at, this.#end);
        at += bytesWritten;
        this.#end += bytesWritten;
      }
    });
  }

  async finish(): Promise<void> {
    try {
      await reporting(() => this.#file.sync());
    } finally {
      await this.#file.close();
    }
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await reporting(() => inStaging(this.#root, (path) => unlink(path(this.#key))));
  }
}

/** Runs `work` with the paths of the staging area, which are valid until its promise settles. */
async function inStaging<T>(root: Root, work: (path: (name: string) => string) => Promise<T>): Promise<T> {
  const folders = root.open();
  try {
    const staging = openOwnFolder(folders, STAGING);
    try {
      return await work((name) => staging.at(name));
    } finally {
      staging.close();
    }
  } finally {
    folders.close();
  }
}

/** A part that got the permissions of a read-only file before it could be named is of no use any more. */
async function openOrRenew(path: string): Promise<FileHandle> {
  try {
    return await open(path, FLAGS, 0o666);
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    await unlink(path);
    return open(path, FLAGS, 0o666);
  }
}

async function reporting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new StagingError(toProblem(error));
  }
}
