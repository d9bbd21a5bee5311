import type { Readable } from 'node:stream';
import { type BlobService, type BlobStore, ChunkedBlobStore } from '@syncpair/blob';
import { type ContentHash, DomainError, MAX_FRAME_BYTES, type PublicKeyJson } from '@syncpair/contracts';
import type { ByteRange, ContentAddress, ContentStore, StoredContent } from '@syncpair/metadata';

export type Report = (problem: string, error: unknown) => void;

/**
 * The content store of a metadata service that shares its process with the blob service: the same store without the way over HTTP. What the
 * principal may do was decided by metadata; what the bytes must be is checked by the store as ever.
 */
export class LocalContentStore implements ContentStore {
  readonly #store: BlobStore;
  readonly #blobs: BlobService;
  readonly #maxBytes: number;
  readonly #report: Report;

  /** @param maxBytes of one content, as the blob service takes it */
  constructor(store: BlobStore, blobs: BlobService, maxBytes: number, report: Report) {
    this.#store = new ChunkedBlobStore(store);
    this.#blobs = blobs;
    this.#maxBytes = maxBytes;
    this.#report = report;
  }

  async put(_who: string, hash: ContentHash, body: Readable): Promise<StoredContent> {
    try {
      return await this.#domain(this.#store.put({ hash, maxBytes: this.#maxBytes }, body));
    } catch (error) {
      // Read to its end, so that a sender who still sends can be answered; how long it may go on is the HTTP layer's to say.
      body.on('error', () => undefined).resume();
      throw error;
    }
  }

  putMany(
    _who: string,
    contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[],
  ): Promise<readonly StoredContent[]> {
    return this.#domain(this.#store.putMany(each(contents)));
  }

  async open(_who: string, { hash, location }: ContentAddress, range?: ByteRange): Promise<Readable> {
    const asked = range === undefined ? undefined : { from: range.start, to: range.end };
    const opened = await this.#domain(this.#store.open({ hash, location }, asked));
    if (opened === null) throw new DomainError('not_found', `the content ${hash} is not here`);
    return opened.body;
  }

  readMany(_who: string, contents: readonly ContentAddress[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
    return this.#domain(this.#collect(contents));
  }

  async find(_who: string, contents: readonly ContentAddress[]): Promise<readonly StoredContent[]> {
    const found: StoredContent[] = [];
    for (const content of contents) {
      const stored = await this.#domain(this.#store.stat(content));
      if (stored !== null) found.push(stored);
    }
    return found;
  }

  async receiptKeys(): Promise<readonly PublicKeyJson[]> {
    return this.#blobs.publicKeys().keys;
  }

  health(): Promise<void> {
    return this.#domain(this.#blobs.checkWritable());
  }

  async #collect(contents: readonly ContentAddress[]): Promise<Map<ContentHash, Uint8Array>> {
    const found = new Map<ContentHash, Uint8Array>();
    let index = 0;
    for await (const bytes of this.#store.readMany(contents, MAX_FRAME_BYTES)) {
      const content = contents[index++];
      if (bytes !== null && content !== undefined) found.set(content.hash, bytes);
    }
    return found;
  }

  /** A fault of the store is told as one that may pass; its cause is for the log. */
  async #domain<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      this.#report('the content store failed', error);
      throw new DomainError('unavailable', 'the content store failed; the log of the server has the cause');
    }
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
