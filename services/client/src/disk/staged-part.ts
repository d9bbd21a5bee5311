import { constants } from 'node:fs';
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import type { ContentHash } from '@syncpair/contracts';
import { DiskProblem, type FilePart, type StagedFile, StagingError } from './disk.ts';
import { EarlyFlush } from './early-flush.ts';
import { STAGING, openOwnFolder } from './own-folder.ts';
import { codeOf, toProblem } from './problem.ts';
import type { Root } from './root.ts';

const FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const PART = 1 << 18;
const ZEROS = Buffer.alloc(1 << 16);
/** Bytes. */
const LEAST_RESERVE = 16 * 1024 * 1024;

/** `Disk.stage`. @throws {RootLostError}, {StagingError} */
export async function stagePart(root: Root, key: ContentHash, size: number): Promise<StagedFile> {
  return reporting(async () => {
    const { file, free } = await inStaging(root, async (path) => ({
      free: await freeBytes(path('.')),
      file: await openOrRenew(path(key)),
    }));
    try {
      const there = (await file.stat()).size;
      const needed = size - there;
      if (needed > free) {
        await inStaging(root, (path) => unlink(path(key)));
        throw new StagingError(new DiskProblem('ENOSPC', `it needs ${needed} bytes more, and ${free} can be used on this disk`));
      }
      return new StagedPart(root, key, file, there);
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
  readonly #early: EarlyFlush;
  #end: number;

  constructor(root: Root, key: ContentHash, file: FileHandle, size: number) {
    this.#root = root;
    this.#key = key;
    this.#file = file;
    this.#early = new EarlyFlush(() => file.datasync());
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

  async read({ start, size }: FilePart): Promise<Uint8Array> {
    // What was written and is not in the file yet is a hole at its end.
    const bytes = new Uint8Array(size);
    await reporting(async () => {
      for (let at = 0; at < size;) {
        const { bytesRead } = await this.#file.read(bytes, at, size - at, start + at);
        if (bytesRead === 0) return;
        at += bytesRead;
      }
    });
    return bytes;
  }

  async cutTo(size: number): Promise<void> {
    await reporting(() => this.#file.truncate(size));
    this.#end = size;
  }

  /** What is all zeros stays a hole. */
  async write(chunk: Uint8Array): Promise<void> {
    if (isZeros(chunk)) {
      this.#end += chunk.length;
      return;
    }
    await reporting(async () => {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await this.#file.write(chunk, at, chunk.length - at, this.#end);
        at += bytesWritten;
        this.#end += bytesWritten;
      }
    });
    this.#early.wrote(chunk.length);
  }

  async finish(): Promise<void> {
    try {
      await reporting(async () => {
        await this.#early.ended();
        // A hole at the end has no byte after it that would make the file long enough.
        if ((await this.#file.stat()).size < this.#end) await this.#file.truncate(this.#end);
        await this.#file.sync();
      });
    } finally {
      await this.#file.close();
    }
  }

  async discard(): Promise<void> {
    await this.#file.close();
    await reporting(() => inStaging(this.#root, (path) => unlink(path(this.#key))));
  }
}

function isZeros(chunk: Uint8Array): boolean {
  for (let at = 0; at < chunk.length; at += ZEROS.length) {
    const part = chunk.subarray(at, at + ZEROS.length);
    if (!ZEROS.subarray(0, part.length).equals(part)) return false;
  }
  return chunk.length > 0;
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

/** Bytes that one large file may fill: some are left for what is small, and for SyncPair's own state. */
async function freeBytes(path: string): Promise<number> {
  const { bsize, blocks, bavail } = await statfs(path);
  const reserve = Math.min(Math.max(LEAST_RESERVE, 0.01 * blocks * bsize), 0.1 * blocks * bsize);
  return Math.max(0, Math.floor(bavail * bsize - reserve));
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
