import { createHash } from 'node:crypto';
import { type BlobStore, ChunkUnreadable, ChunkedBlobStore, type Flaw } from '@syncpair/blob';
import { type ContentHash, MAX_FRAME_BYTES } from '@syncpair/contracts';
import type { ContentVerifier, StoredContent, Verdict } from '@syncpair/metadata';

/** Reads contents of a store that this process has open, and judges them. */
export class StoreVerifier implements ContentVerifier {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = new ChunkedBlobStore(store);
  }

  /** Small ones are read many at once, as they lie; what is not whole there is looked for everywhere. */
  async *verify(contents: readonly StoredContent[]): AsyncGenerator<Verdict> {
    let index = 0;
    for await (const bytes of this.#store.readMany(contents.map(refOf), MAX_FRAME_BYTES)) {
      const content = contents[index++];
      if (content === undefined) return;
      yield bytes === null ? await this.#judge(content) : await this.#placeOf(content, bytes.length);
    }
  }

  inspect(repair: boolean): AsyncIterable<Flaw> {
    return this.#store.inspect(repair);
  }

  quarantine(hash: ContentHash): Promise<boolean> {
    return this.#store.quarantine(hash);
  }

  listAlone(): AsyncIterable<StoredContent> {
    return this.#store.list('alone');
  }

  async #placeOf(content: StoredContent, size: number): Promise<Verdict> {
    const found = (await this.#store.stat(refOf(content))) ?? (await this.#store.stat({ hash: content.hash }));
    return { status: 'whole', content: { hash: content.hash, size, location: found?.location ?? content.location } };
  }

  async #judge(content: StoredContent): Promise<Verdict> {
    // A location that tells another size hides the copy; only the hash counts.
    const opened = (await this.#store.open(refOf(content))) ?? (await this.#store.open({ hash: content.hash }));
    if (opened === null) return { status: (await this.#store.stat({ hash: content.hash })) === null ? 'missing' : 'damaged' };
    const sum = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of opened.body) {
        sum.update(chunk as Buffer);
        size += (chunk as Buffer).length;
      }
    } catch (error) {
      if (error instanceof ChunkUnreadable) return { status: 'damaged' };
      throw error;
    }
    return sum.digest('hex') === content.hash ? this.#placeOf(content, size) : { status: 'damaged' };
  }
}

const refOf = ({ hash, location }: StoredContent) => (location === '' ? { hash } : { hash, location });
