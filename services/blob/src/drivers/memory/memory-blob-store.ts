import { hash as digest } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ContentHash, DomainError } from '@syncpair/contracts';
import type { BlobRef, BlobStore, ExpectedBlob, Flaw, OpenBlob, SmallBlob, StoredBlob, Volume } from '../../blobs/blob-store.ts';
import { type RangeRequest, resolveRange } from '../../blobs/byte-range.ts';
import { checkArrived, endedEarly, tooLarge, wrongHash } from '../../blobs/refusals.ts';

/** A store for tests; holds the same contract as the others. `capacity` in bytes makes it run full. */
export class MemoryBlobStore implements BlobStore {
  readonly #contents = new Map<ContentHash, Buffer>();
  readonly #objects = new Map<string, Buffer>();
  capacity: number;

  constructor(capacity = Number.MAX_SAFE_INTEGER) {
    this.capacity = capacity;
  }

  async put(expected: ExpectedBlob, body: Readable): Promise<StoredBlob> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        size += (chunk as Buffer).length;
        if (size > expected.maxBytes) throw tooLarge(expected.maxBytes);
        chunks.push(chunk as Buffer);
      }
    } catch (error) {
      throw error instanceof DomainError ? error : endedEarly();
    }
    const bytes = Buffer.concat(chunks);
    checkArrived(expected, { hash: digest('sha256', bytes), size });
    return this.#store([{ hash: expected.hash, bytes }])[0] as StoredBlob;
  }

  async putMany(blobs: AsyncIterable<SmallBlob>): Promise<StoredBlob[]> {
    const arrived = new Map<ContentHash, SmallBlob>();
    for await (const blob of blobs) {
      const actual = digest('sha256', blob.bytes);
      if (actual !== blob.hash) throw wrongHash(blob.hash, actual);
      // A copy, for a sender may use its buffer again.
      arrived.set(blob.hash, { hash: blob.hash, bytes: Buffer.from(blob.bytes) });
    }
    return this.#store([...arrived.values()]);
  }

  async open({ hash }: BlobRef, range?: RangeRequest): Promise<OpenBlob | null> {
    const bytes = this.#contents.get(hash);
    if (bytes === undefined) return null;
    const { start, end } = resolveRange(bytes.length, range);
    return { size: bytes.length, start, end, body: Readable.from(start < end ? [bytes.subarray(start, end)] : []) };
  }

  async *readMany(refs: readonly BlobRef[], maxBytes: number): AsyncGenerator<Uint8Array | null> {
    for (const { hash } of refs) {
      const bytes = this.#contents.get(hash);
      yield bytes === undefined || bytes.length > maxBytes ? null : Buffer.from(bytes);
    }
  }

  async stat({ hash }: BlobRef): Promise<StoredBlob | null> {
    const bytes = this.#contents.get(hash);
    return bytes === undefined ? null : { hash, size: bytes.length, location: 'memory' };
  }

  statMany(refs: readonly BlobRef[]): Promise<(StoredBlob | null)[]> {
    return Promise.all(refs.map((ref) => this.stat(ref)));
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const [hash, bytes] of this.#contents) yield { hash, size: bytes.length, location: 'memory' };
  }

  async delete({ hash }: BlobRef): Promise<boolean> {
    this.#contents.delete(hash);
    return true;
  }

  async *volumes(): AsyncGenerator<Volume> {}

  async *contentsOf(): AsyncGenerator<StoredBlob> {}

  async removeVolume(): Promise<void> {}

  async *inspect(): AsyncGenerator<Flaw> {}

  async quarantine(hash: ContentHash): Promise<boolean> {
    return this.#contents.delete(hash);
  }

  async readObject(name: string): Promise<Uint8Array | null> {
    return this.#objects.get(name) ?? null;
  }

  async createObject(name: string, bytes: Uint8Array): Promise<boolean> {
    if (this.#objects.has(name)) return false;
    this.#objects.set(name, Buffer.from(bytes));
    return true;
  }

  async checkWritable(): Promise<void> {
    this.#reserve(1);
  }

  async close(): Promise<void> {}

  #store(blobs: readonly SmallBlob[]): StoredBlob[] {
    const fresh = blobs.filter(({ hash }) => !this.#contents.has(hash));
    this.#reserve(fresh.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const { hash, bytes } of fresh) this.#contents.set(hash, Buffer.from(bytes));
    return blobs.map(({ hash, bytes }) => ({ hash, size: bytes.length, location: 'memory' }));
  }

  #reserve(bytes: number): void {
    const used = [...this.#contents.values()].reduce((sum, content) => sum + content.length, 0);
    if (used + bytes > this.capacity) throw new DomainError('out_of_space', 'the store is full; nothing was stored');
  }
}
