import { hash as digest } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ContentHash } from '@syncpair/contracts';
import type { SmallBlob, StoredBlob, Volume } from '../../blobs/blob-store.ts';
import { giveBack, lendBytes } from '../../blobs/lent-bytes.ts';
import { wrongHash } from '../../blobs/refusals.ts';
import type { PlacedRecord } from '../../packs/pack-format.ts';
import { countEntries, entriesOf, findInIndex } from '../../packs/pack-index.ts';
import { LARGE, type Piece, type Span, planReads } from '../../packs/read-plan.ts';
import { SpareBatches } from '../../packs/spare-batches.ts';
import type { Folder } from './folder.ts';
import { KnownPlaces } from './known-places.ts';
import { type DiskLocation, formatLocation } from './location.ts';
import type { PackAppender } from './pack-appender.ts';
import type { PackFile } from './pack-file.ts';
import { indexName, packIds, packName } from './pack-names.ts';
import { reader, recordAt, recordsOf } from './pack-records.ts';
import { fill, readFully } from './write-fully.ts';

/** Bytes of a batch that are gathered before they are appended. */
const SLICE_BYTES = 1024 * 1024;

/** Milliseconds without a content after which a pack without an index is one of a killed process; many times what `PackAppender` waits. */
const ABANDONED_MS = 24 * 60 * 60_000;

export type PackLocation = Extract<DiskLocation, { kind: 'pack' }>;

const located = (pack: string, { hash, length, offset }: PlacedRecord): StoredBlob => ({
  hash,
  size: length,
  location: formatLocation({ kind: 'pack', pack, offset, length }),
});

/** Small contents, many to a file. */
export class PackedObjects {
  readonly #packs: Folder;
  readonly #appender: PackAppender;
  readonly #known = new KnownPlaces();
  readonly #spares = new SpareBatches();

  constructor(packs: Folder, appender: PackAppender) {
    this.#packs = packs;
    this.#appender = appender;
  }

  async putMany(blobs: AsyncIterable<SmallBlob>): Promise<StoredBlob[]> {
    const stored = new Map<ContentHash, StoredBlob>();
    const touched: PackFile[] = [];
    const batch = this.#spares.take();
    const append = async (): Promise<void> => {
      if (batch.length === 0) return;
      const { pack, placed } = await this.#appender.append(batch);
      touched.push(pack);
      for (const record of placed) {
        const blob = located(pack.id, record);
        stored.set(record.hash, blob);
        this.#known.learn(pack.id, blob);
      }
      batch.clear();
    };
    const known = new Set<ContentHash>();
    try {
      for await (const blob of blobs) {
        const actual = digest('sha256', blob.bytes);
        if (actual !== blob.hash) throw wrongHash(blob.hash, actual);
        if (known.has(blob.hash)) continue;
        known.add(blob.hash);
        batch.add(blob);
        if (batch.length >= SLICE_BYTES) await append();
      }
      await append();
      await Promise.all([...new Set(touched)].map((pack) => this.#appender.flush(pack)));
    } finally {
      for (const pack of touched) this.#appender.release(pack);
      this.#spares.giveBack(batch);
    }
    return [...stored.values()];
  }

  /** The bytes at a location, null when they are not this content. */
  async read(hash: ContentHash, { pack, offset, length }: PackLocation): Promise<Buffer | null> {
    const bytes = await this.#withPack(pack, (handle) => readFully(handle, offset, length));
    return bytes !== null && digest('sha256', bytes) === hash ? bytes : null;
  }

  /** The bytes of many contents, each at the index of its piece; those that could not be read or, with `each`, verified are left out. */
  async readPieces<P extends Piece & { readonly hash: ContentHash; readonly index: number }>(
    pieces: readonly P[],
    verify: 'each' | 'all',
  ): Promise<Map<number, Buffer>> {
    const found = new Map<number, Buffer>();
    const spans = planReads(pieces);
    for (let next = 0; next < spans.length;) {
      const { pack } = spans[next] as Span<P>;
      const first = next;
      while (next < spans.length && spans[next]?.pack === pack) next += 1;
      await this.#withPack(pack, async (handle) => {
        await Promise.all(spans.slice(first, next).map((span) => readSpan(handle, span, verify, found)));
      });
    }
    return found;
  }

  /** The record at a location, by its header. */
  async stat(hash: ContentHash, { pack, offset, length }: PackLocation): Promise<StoredBlob | null> {
    const record = await this.#withPack(pack, (handle) => recordAt(handle, offset));
    return record?.hash === hash && record.length === length ? located(pack, record) : null;
  }

  /** Looks through all packs, the newest first. */
  async find(hash: ContentHash): Promise<StoredBlob | null> {
    for (const id of packIds(await this.#packs.names())) {
      const record = await this.#findIn(id, hash);
      if (record !== null) return located(id, record);
    }
    return null;
  }

  /** As `find` for each, with at most one look into every pack until all are found. */
  async findMany(hashes: ReadonlySet<ContentHash>): Promise<Map<ContentHash, StoredBlob>> {
    const found = new Map<ContentHash, StoredBlob>();
    if (hashes.size === 0) return found;
    const ids = packIds(await this.#packs.names());
    const packs = new Set(ids);
    for (const hash of hashes) {
      const known = this.#known.find(hash, packs);
      if (known !== null) found.set(hash, known);
    }
    for (const id of ids) {
      if (found.size === hashes.size) break;
      for await (const blob of this.contentsOf(id)) {
        if (!hashes.has(blob.hash) || found.has(blob.hash)) continue;
        found.set(blob.hash, blob);
        this.#known.learn(id, blob);
      }
    }
    return found;
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const id of packIds(await this.#packs.names())) yield* this.contentsOf(id);
  }

  async *contentsOf(id: string): AsyncGenerator<StoredBlob> {
    const pack = await this.#packs.read(packName(id));
    const index = pack === null ? null : await this.#packs.read(indexName(id));
    try {
      const count = index === null ? null : await countEntries(reader(index), (await index.stat()).size);
      const records = index !== null && count !== null ? entriesOf(reader(index), count) : pack === null ? [] : recordsOf(pack);
      for await (const record of records) yield located(id, record);
    } finally {
      await index?.close();
      await pack?.close();
    }
  }

  /** Packs that have their index, or whose writer was killed: none appends to a pack that lay still for so long. */
  async *volumes(now: number, idleMs: number): AsyncGenerator<Volume> {
    const names = new Set(await this.#packs.names());
    for (const id of packIds([...names])) {
      const stat = await this.#packs.stat(packName(id));
      const idle = stat === null ? 0 : now - stat.mtimeMs;
      const isSealed = names.has(indexName(id)) || idle >= ABANDONED_MS;
      if (stat !== null && isSealed && idle >= idleMs) yield { id, bytes: stat.size };
    }
  }

  async removeVolume(id: string): Promise<void> {
    if (packIds([packName(id)]).length === 0) return;
    // Without the pack its index is worth nothing; the other way round the pack would still be read.
    await this.#packs.remove(packName(id));
    await this.#packs.remove(indexName(id));
    await this.#packs.sync();
  }

  async #findIn(id: string, hash: ContentHash): Promise<PlacedRecord | null> {
    const index = await this.#packs.read(indexName(id));
    try {
      const count = index === null ? null : await countEntries(reader(index), (await index.stat()).size);
      if (index !== null && count !== null) return await findInIndex(reader(index), count, hash);
    } finally {
      await index?.close();
    }
    return this.#withPack(id, async (handle) => {
      for await (const record of recordsOf(handle)) if (record.hash === hash) return record;
      return null;
    });
  }

  async #withPack<T>(id: string, use: (handle: FileHandle) => Promise<T>): Promise<T | null> {
    const handle = await this.#packs.read(packName(id));
    if (handle === null) return null;
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  }
}

/** Adds the contents of a span, with `each` those whose bytes are theirs. */
async function readSpan<P extends Piece & { readonly hash: ContentHash; readonly index: number }>(
  handle: FileHandle,
  { start, end, pieces }: Span<P>,
  verify: 'each' | 'all',
  found: Map<number, Buffer>,
): Promise<void> {
  if (pieces.length === 1 && end - start >= LARGE) return readLarge(handle, pieces[0] as P, verify, found);
  const bytes = await readFully(handle, start, end - start);
  if (bytes === null) return;
  for (const { offset, length, hash, index } of pieces) {
    const content = bytes.subarray(offset - start, offset - start + length);
    if (verify === 'all' || digest('sha256', content) === hash) found.set(index, content);
  }
}

/** As `readSpan` for one content, in memory that is given back by whoever uses it last. */
async function readLarge<P extends Piece & { readonly hash: ContentHash; readonly index: number }>(
  handle: FileHandle,
  { offset, length, hash, index }: P,
  verify: 'each' | 'all',
  found: Map<number, Buffer>,
): Promise<void> {
  const bytes = lendBytes(length);
  if ((await fill(handle, offset, bytes)) && (verify === 'all' || digest('sha256', bytes) === hash)) found.set(index, bytes);
  else giveBack(bytes);
}
