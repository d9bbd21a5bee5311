import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { type Readable, Readable as ReadableStream } from 'node:stream';
import { type ContentHash, DomainError } from '@syncpair/contracts';
import type { ExpectedBlob, Flaw, OpenBlob, StoredBlob } from '../../blobs/blob-store.ts';
import { type RangeRequest, resolveRange } from '../../blobs/byte-range.ts';
import { checkArrived } from '../../blobs/refusals.ts';
import { ContentSink, receive } from './content-sink.ts';
import type { Folder } from './folder.ts';
import { SHARDS, hashOfFile, shardOf } from './layout.ts';
import { formatLocation } from './location.ts';
import type { TempFiles } from './temp-files.ts';

/** Bytes read at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Contents that stand alone, one file each. */
export class LooseObjects {
  readonly #objects: Folder;
  readonly #temp: TempFiles;
  /** Shards whose own names are known to be durable. Another process may have made a shard a moment ago. */
  readonly #durable = new Set<string>();

  constructor(objects: Folder, temp: TempFiles) {
    this.#objects = objects;
    this.#temp = temp;
  }

  async put(expected: ExpectedBlob, body: Readable): Promise<StoredBlob> {
    const name = shardOf(expected.hash);
    const shard = await this.#objects.folder(name);
    try {
      if (!this.#durable.has(name)) await this.#objects.sync();
      this.#durable.add(name);
      const existing = await shard.size(expected.hash);
      const size =
        existing !== null && existing === expected.size
          ? await this.#verify(expected, body, shard)
          : await this.#write(expected, body, shard, existing);
      return { hash: expected.hash, size, location: formatLocation({ kind: 'loose', size }) };
    } finally {
      await shard.close();
    }
  }

  /** A copy of the declared size is here: the bytes that come prove possession, and need no room on the disk. */
  async #verify(expected: ExpectedBlob, body: Readable, shard: Folder): Promise<number> {
    const sink = new ContentSink(null, expected.maxBytes);
    await receive(body, sink);
    checkArrived(expected, { hash: sink.digest(), size: sink.size });
    // The copy was removed while its bytes were compared; what came is not kept anywhere.
    if (!(await touch(shard, expected.hash))) throw new DomainError('unavailable', 'the content was removed meanwhile; send it again');
    // Another process may have named it a moment ago, its folder not yet flushed.
    await shard.sync();
    return sink.size;
  }

  #write(expected: ExpectedBlob, body: Readable, shard: Folder, existing: number | null): Promise<number> {
    return this.#temp.with(async ({ name, handle }) => {
      const sink = new ContentSink(handle.fd, expected.maxBytes);
      await receive(body, sink);
      checkArrived(expected, { hash: sink.digest(), size: sink.size });
      if (existing === sink.size && (await touch(shard, expected.hash))) {
        await shard.sync();
        return sink.size;
      }
      await handle.sync();
      await shard.adopt(this.#temp.folder, name, expected.hash);
      return sink.size;
    });
  }

  /** Null when it is missing, or has not the size that its location tells. */
  async open(hash: ContentHash, told: number | null, range: RangeRequest | undefined): Promise<OpenBlob | null> {
    const handle = await this.handle(hash, told);
    if (handle === null) return null;
    try {
      const { size } = await handle.stat();
      const { start, end } = resolveRange(size, range);
      if (start < end) return { size, start, end, body: handle.createReadStream({ start, end: end - 1, highWaterMark: CHUNK_BYTES }) };
      await handle.close();
      return { size, start, end, body: ReadableStream.from([]) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async handle(hash: ContentHash, told: number | null): Promise<FileHandle | null> {
    return this.#inShard(hash, async (shard) => {
      const handle = await shard.read(hash);
      if (handle === null || told === null || (await handle.stat()).size === told) return handle;
      await handle.close();
      return null;
    });
  }

  async stat(hash: ContentHash, told: number | null): Promise<StoredBlob | null> {
    const size = await this.#inShard(hash, (shard) => shard.size(hash));
    return size === null || (told !== null && told !== size) ? null : { hash, size, location: formatLocation({ kind: 'loose', size }) };
  }

  /**
   * Removes a copy that was neither put nor proven within the last `idleMs` milliseconds; false when it was. It is taken away before it is
   * looked at, and a put touches the copy that it proves before it looks for its name: whichever comes first, no proof is of a removed copy.
   */
  async delete(hash: ContentHash, idleMs: number): Promise<boolean> {
    const removed = await this.#inShard(hash, async (shard) => {
      const before = await shard.stat(hash);
      if (before === null) return true;
      if (isYoung(before, idleMs)) return false;
      const aside = await this.#temp.takeFrom(shard, hash);
      if (aside === null) return true;
      const taken = await this.#temp.folder.stat(aside);
      const spared = taken !== null && isYoung(taken, idleMs);
      if (spared) await shard.adoptNew(this.#temp.folder, aside, hash);
      await this.#temp.folder.remove(aside);
      await shard.sync();
      return !spared;
    });
    return removed ?? true;
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const name of SHARDS) {
      const shard = await this.#objects.existing(name);
      if (shard === null) continue;
      try {
        for (const file of await shard.names()) {
          const hash = hashOfFile(name, file);
          const size = hash === null ? null : await shard.size(file);
          if (hash !== null && size !== null) yield { hash, size, location: formatLocation({ kind: 'loose', size }) };
        }
      } finally {
        await shard.close();
      }
    }
  }

  /** Files in its folders that are no contents. */
  async *inspect(): AsyncGenerator<Flaw> {
    const foreign = (place: string): Flaw => ({
      kind: 'foreign',
      place: `objects/${place}`,
      message: 'no file of the store',
      mended: false,
    });
    for (const name of await this.#objects.names()) if (!SHARDS.includes(name)) yield foreign(name);
    for (const name of SHARDS) {
      const shard = await this.#objects.existing(name);
      if (shard === null) continue;
      try {
        for (const file of await shard.names()) if (hashOfFile(name, file) === null) yield foreign(`${name}/${file}`);
      } finally {
        await shard.close();
      }
    }
  }

  async #inShard<T>(hash: ContentHash, use: (shard: Folder) => Promise<T>): Promise<T | null> {
    const shard = await this.#objects.existing(shardOf(hash));
    if (shard === null) return null;
    try {
      return await use(shard);
    } finally {
      await shard.close();
    }
  }
}

const isYoung = (stat: Stats, idleMs: number): boolean => idleMs > 0 && Date.now() - stat.mtimeMs < idleMs;

/** Marks the copy that has the name as proven just now; false when none has it any more. */
async function touch(shard: Folder, hash: ContentHash): Promise<boolean> {
  for (;;) {
    const handle = await shard.read(hash);
    if (handle === null) return false;
    try {
      const now = new Date();
      await handle.utimes(now, now);
      const named = await shard.stat(hash);
      if (named === null) return false;
      // Otherwise another put has given the name to its own copy meanwhile.
      if (named.ino === (await handle.stat()).ino) return true;
    } finally {
      await handle.close();
    }
  }
}
