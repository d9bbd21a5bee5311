import { Readable } from 'node:stream';
import { hash as digest } from 'node:crypto';
import type { ContentHash } from '@syncpair/contracts';
import type { BlobRef, BlobStore, ExpectedBlob, Flaw, OpenBlob, SmallBlob, StoredBlob, Volume } from '../../blobs/blob-store.ts';
import { type RangeRequest, resolveRange } from '../../blobs/byte-range.ts';
import type { Folder } from './folder.ts';
import { inspectPacks } from './inspect-packs.ts';
import { checkObjectName } from './layout.ts';
import { type DiskLocation, parseLocation } from './location.ts';
import type { LooseObjects } from './loose-objects.ts';
import type { PackAppender } from './pack-appender.ts';
import type { PackedObjects } from './packed-objects.ts';
import { quarantine } from './quarantine.ts';
import { readAhead } from './read-ahead.ts';
import type { TempFiles } from './temp-files.ts';
import { readFully, writeFully } from './write-fully.ts';

/** Bytes of contents held at a time while many are read. */
const WINDOW_BYTES = 4 * 1024 * 1024;

export interface DiskParts {
  readonly root: Folder;
  readonly objects: Folder;
  readonly packs: Folder;
  readonly own: Folder;
  readonly temp: TempFiles;
  readonly loose: LooseObjects;
  readonly packed: PackedObjects;
  readonly appender: PackAppender;
  /** Releases folders and timers. */
  readonly release: () => Promise<void>;
}

/** One of the contents that are read together. */
interface Wanted {
  readonly hash: ContentHash;
  /** Its place in the question. */
  readonly index: number;
  readonly location: DiskLocation | null;
}

/** Contents on a file system: large ones alone, small ones in packs. See `openDiskBlobStore`. */
export class DiskBlobStore implements BlobStore {
  readonly #parts: DiskParts;

  constructor(parts: DiskParts) {
    this.#parts = parts;
  }

  put(expected: ExpectedBlob, body: Readable): Promise<StoredBlob> {
    return this.#parts.loose.put(expected, body);
  }

  putMany(blobs: AsyncIterable<SmallBlob>): Promise<StoredBlob[]> {
    return this.#parts.packed.putMany(blobs);
  }

  async open(ref: BlobRef, range?: RangeRequest): Promise<OpenBlob | null> {
    const location = parseLocation(ref.location);
    const hinted = location === null ? null : await this.#openAt(ref.hash, location, range);
    if (hinted !== null) return hinted;
    const found = await this.#find(ref.hash, location);
    return found === null ? null : this.#openAt(ref.hash, found, range);
  }

  async *readMany(refs: readonly BlobRef[], maxBytes: number, verify: 'each' | 'all' = 'each'): AsyncGenerator<Uint8Array | null> {
    const told = refs.map(({ hash, location }, index) => ({ hash, index, location: parseLocation(location) }));
    const found = await this.#parts.packed.findMany(new Set(told.filter(({ location }) => location === null).map(({ hash }) => hash)));
    const wanted = told.map((content) =>
      content.location === null ? { ...content, location: parseLocation(found.get(content.hash)?.location) } : content,
    );
    for await (const { window, packed } of readAhead(inWindows(wanted, maxBytes), (window) => this.#readPacked(window, maxBytes, verify))) {
      for (const { hash, index } of window) {
        const bytes = packed.get(index) ?? (await this.#readSmall(refs[index] as BlobRef, hash, maxBytes));
        packed.delete(index);
        yield bytes;
      }
    }
  }

  async stat({ hash, location: hint }: BlobRef): Promise<StoredBlob | null> {
    const location = parseLocation(hint);
    const hinted = location === null ? null : await this.#statAt(hash, location);
    if (hinted !== null) return hinted;
    const found = await this.#find(hash, location);
    return found === null ? null : this.#statAt(hash, found);
  }

  async statMany(refs: readonly BlobRef[]): Promise<(StoredBlob | null)[]> {
    const result: (StoredBlob | null)[] = [];
    for (const { hash, location } of refs) {
      const told = parseLocation(location);
      result.push(told === null ? null : await this.#statAt(hash, told));
    }
    const elsewhere = refs.filter((_, index) => result[index] === null);
    const packed = await this.#parts.packed.findMany(new Set(elsewhere.map(({ hash }) => hash)));
    for (const [index, { hash, location }] of refs.entries())
      result[index] ??= packed.get(hash) ?? (await this.#parts.loose.stat(hash, sizeAt(parseLocation(location))));
    return result;
  }

  async *list(which: 'alone' | 'all' = 'all'): AsyncGenerator<StoredBlob> {
    yield* this.#parts.loose.list();
    if (which === 'all') yield* this.#parts.packed.list();
  }

  async delete({ hash, location }: BlobRef, idleMs = 0): Promise<boolean> {
    return parseLocation(location)?.kind === 'pack' || (await this.#parts.loose.delete(hash, idleMs));
  }

  volumes(idleMs: number): AsyncGenerator<Volume> {
    return this.#parts.packed.volumes(Date.now(), idleMs);
  }

  contentsOf(volume: string): AsyncGenerator<StoredBlob> {
    return this.#parts.packed.contentsOf(volume);
  }

  removeVolume(volume: string): Promise<void> {
    return this.#parts.packed.removeVolume(volume);
  }

  async *inspect(repair: boolean): AsyncGenerator<Flaw> {
    yield* this.#parts.loose.inspect();
    yield* inspectPacks(this.#parts.packs, this.#parts.temp, repair, Date.now());
  }

  quarantine(hash: ContentHash): Promise<boolean> {
    return quarantine(this.#parts.root, this.#parts.objects, hash, Date.now());
  }

  async readObject(name: string): Promise<Uint8Array | null> {
    const handle = await this.#parts.own.read(checkObjectName(name));
    if (handle === null) return null;
    try {
      return await readFully(handle, 0, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
  }

  async createObject(name: string, bytes: Uint8Array): Promise<boolean> {
    const { own, temp } = this.#parts;
    return temp.with(async (file) => {
      await writeFully(file.handle, bytes);
      await file.handle.sync();
      return own.adoptNew(temp.folder, file.name, checkObjectName(name));
    });
  }

  async checkWritable(): Promise<void> {
    await this.#parts.temp.with(async ({ handle }) => {
      await writeFully(handle, Buffer.alloc(4096));
      await handle.sync();
    });
  }

  async close(): Promise<void> {
    await this.#parts.appender.close();
    await this.#parts.release();
  }

  async #openAt(hash: ContentHash, location: DiskLocation, range: RangeRequest | undefined): Promise<OpenBlob | null> {
    if (location.kind === 'loose') return this.#parts.loose.open(hash, location.size, range);
    const bytes = await this.#parts.packed.read(hash, location);
    if (bytes === null) return null;
    const { start, end } = resolveRange(bytes.length, range);
    return { size: bytes.length, start, end, body: Readable.from(start < end ? [bytes.subarray(start, end)] : []) };
  }

  #statAt(hash: ContentHash, location: DiskLocation): Promise<StoredBlob | null> {
    if (location.kind === 'loose') return this.#parts.loose.stat(hash, location.size);
    return this.#parts.packed.stat(hash, location);
  }

  async #readPacked(
    window: readonly Wanted[],
    maxBytes: number,
    verify: 'each' | 'all',
  ): Promise<{ readonly window: readonly Wanted[]; readonly packed: Map<number, Buffer> }> {
    const pieces = window.flatMap(({ hash, index, location }) =>
      location?.kind === 'pack' && location.length <= maxBytes ? [{ ...location, hash, index }] : [],
    );
    return { window, packed: await this.#parts.packed.readPieces(pieces, verify) };
  }

  /** Looks a content up that is not where it was said to be. A file whose size contradicts what was said is damaged. */
  async #find(hash: ContentHash, told: DiskLocation | null): Promise<DiskLocation | null> {
    const found = (await this.#parts.loose.stat(hash, sizeAt(told))) ?? (await this.#parts.packed.find(hash));
    return parseLocation(found?.location);
  }

  async #readSmall(ref: BlobRef, hash: ContentHash, maxBytes: number): Promise<Buffer | null> {
    const opened = await this.open(ref);
    if (opened === null || opened.size > maxBytes) {
      opened?.body.destroy();
      return null;
    }
    const bytes = Buffer.concat(await opened.body.toArray());
    return digest('sha256', bytes) === hash ? bytes : null;
  }
}

/** The contents in groups, each of about as many bytes as are held at a time. */
function inWindows(wanted: readonly Wanted[], maxBytes: number): Wanted[][] {
  const windows: Wanted[][] = [];
  let bytes = WINDOW_BYTES;
  for (const content of wanted) {
    if (bytes >= WINDOW_BYTES) {
      windows.push([]);
      bytes = 0;
    }
    windows.at(-1)?.push(content);
    bytes += Math.min(maxBytes, sizeAt(content.location) ?? maxBytes);
  }
  return windows;
}

const sizeAt = (location: DiskLocation | null): number | null =>
  location === null ? null : location.kind === 'loose' ? location.size : location.length;
