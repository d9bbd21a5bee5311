import { Readable } from 'node:stream';
import { type Chunk, type ContentHash, MAX_CHUNK_BYTES, parseManifestLocation } from '@syncpair/contracts';
import type { BlobRef, BlobStore, ExpectedBlob, Flaw, OpenBlob, SmallBlob, StoredBlob, Volume } from '../blobs/blob-store.ts';
import { type RangeRequest, resolveRange } from '../blobs/byte-range.ts';
import { ChunkUnreadable } from './chunk-unreadable.ts';
import { chunksInRange } from './chunks-in-range.ts';
import { readManifest } from './read-manifest.ts';

/**
 * A store over another one that also has contents whose location names a manifest: they are read chunk by chunk, and their readers need not
 * know it. Chunks and manifests themselves are contents like any other.
 */
export class ChunkedBlobStore implements BlobStore {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /**
   * A content that was put together opens only when every chunk of the range is there and the first can be read: who goes on where a reading
   * broke off at a damaged one is told that there is no more. One that also lies whole is found as well.
   */
  async open(ref: BlobRef, range?: RangeRequest): Promise<OpenBlob | null> {
    const chunks = await this.chunksOf(ref);
    const composed = chunks === null ? null : await this.#compose(chunks, range);
    return composed ?? this.#store.open(wholeOf(ref), range);
  }

  async stat(ref: BlobRef): Promise<StoredBlob | null> {
    const chunks = await this.chunksOf(ref);
    const found = chunks === null ? null : await this.#store.statMany(distinct(chunks));
    if (chunks === null || found === null || found.includes(null) || ref.location === undefined) return this.#store.stat(wholeOf(ref));
    return { hash: ref.hash, size: sizeOf(chunks), location: ref.location };
  }

  async statMany(refs: readonly BlobRef[]): Promise<(StoredBlob | null)[]> {
    const found = await this.#store.statMany(refs.map(wholeOf));
    for (const [index, ref] of refs.entries()) if (!isAlone(ref)) found[index] = await this.stat(ref);
    return found;
  }

  /** Contents that were put together are too large for it, and left out without being looked for. */
  async *readMany(refs: readonly BlobRef[], maxBytes: number, verify: 'each' | 'all' = 'each'): AsyncGenerator<Uint8Array | null> {
    const alone = this.#store.readMany(refs.filter(isAlone), maxBytes, verify)[Symbol.asyncIterator]();
    try {
      for (const ref of refs) {
        const next = isAlone(ref) ? await alone.next() : null;
        yield next === null || next.done === true ? null : next.value;
      }
    } finally {
      await alone.return?.();
    }
  }

  put(expected: ExpectedBlob, body: Readable): Promise<StoredBlob> {
    return this.#store.put(expected, body);
  }

  putMany(blobs: AsyncIterable<SmallBlob>): Promise<StoredBlob[]> {
    return this.#store.putMany(blobs);
  }

  list(which?: 'alone' | 'all'): AsyncIterable<StoredBlob> {
    return this.#store.list(which);
  }

  delete(ref: BlobRef, idleMs?: number): Promise<boolean> {
    return this.#store.delete(ref, idleMs);
  }

  volumes(idleMs: number): AsyncIterable<Volume> {
    return this.#store.volumes(idleMs);
  }

  contentsOf(volume: string): AsyncIterable<StoredBlob> {
    return this.#store.contentsOf(volume);
  }

  removeVolume(volume: string): Promise<void> {
    return this.#store.removeVolume(volume);
  }

  inspect(repair: boolean): AsyncIterable<Flaw> {
    return this.#store.inspect(repair);
  }

  quarantine(hash: ContentHash): Promise<boolean> {
    return this.#store.quarantine(hash);
  }

  readObject(name: string): Promise<Uint8Array | null> {
    return this.#store.readObject(name);
  }

  createObject(name: string, bytes: Uint8Array): Promise<boolean> {
    return this.#store.createObject(name, bytes);
  }

  checkWritable(): Promise<void> {
    return this.#store.checkWritable();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** What a content consists of whose location names a manifest; null for any other, or when the manifest cannot be read. */
  async chunksOf({ location }: BlobRef): Promise<readonly Chunk[] | null> {
    const manifest = parseManifestLocation(location);
    return manifest === null ? null : readManifest(this.#store, manifest);
  }

  async #compose(all: readonly Chunk[], asked: RangeRequest | undefined): Promise<OpenBlob | null> {
    const size = sizeOf(all);
    const range = resolveRange(size, asked);
    const { chunks, skip } = chunksInRange(all, range);
    const places = new Map<ContentHash, StoredBlob>();
    for (const found of await this.#store.statMany(distinct(chunks))) {
      if (found === null) return null;
      places.set(found.hash, found);
    }
    const refs = chunks.map(({ hash }) => places.get(hash) ?? { hash });
    const contents = this.#store.readMany(refs, MAX_CHUNK_BYTES)[Symbol.asyncIterator]();
    const first = await contents.next();
    if (first.done !== true && first.value?.length !== chunks[0]?.size) {
      await contents.return?.();
      return null;
    }
    const bytes = streamed(begun(first, contents), chunks, skip, range.end - range.start);
    return { size, ...range, body: Readable.from(bytes, { objectMode: false }) };
  }
}

/** What an iterator gives whose first step was taken. */
async function* begun<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** @throws ChunkUnreadable */
async function* streamed(
  contents: AsyncIterable<Uint8Array | null>,
  chunks: readonly Chunk[],
  skip: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  let [index, left, from] = [0, length, skip];
  for await (const bytes of contents) {
    const chunk = chunks[index++] as Chunk;
    if (bytes?.length !== chunk.size) throw new ChunkUnreadable(chunk.hash);
    const part = bytes.subarray(from, from + left);
    [from, left] = [0, left - part.length];
    yield part;
  }
}

const isAlone = ({ location }: BlobRef): boolean => parseManifestLocation(location) === null;

/** The same content where it may lie in one piece. */
const wholeOf = (ref: BlobRef): BlobRef => (isAlone(ref) ? ref : { hash: ref.hash });

const distinct = (chunks: readonly Chunk[]): BlobRef[] => [...new Set(chunks.map(({ hash }) => hash))].map((hash) => ({ hash }));

const sizeOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { size }) => sum + size, 0);
