import type { BlobStore, SmallBlob } from '@syncpair/blob';
import { type ContentHash, MAX_FRAME_BYTES } from '@syncpair/contracts';
import type { ContentAddress, ContentUpkeep, StoredContent, Volume } from '@syncpair/metadata';

/** The upkeep of a store that this process has open itself. */
export class LocalContentUpkeep implements ContentUpkeep {
  readonly #store: BlobStore;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  async remove(hashes: readonly ContentHash[], idleMs: number): Promise<readonly ContentHash[]> {
    const spared: ContentHash[] = [];
    for (const hash of hashes) if (!(await this.#store.delete({ hash }, idleMs))) spared.push(hash);
    return spared;
  }

  list(which: 'alone' | 'all'): AsyncIterable<StoredContent> {
    return this.#store.list(which);
  }

  volumes(idleMs: number): AsyncIterable<Volume> {
    return this.#store.volumes(idleMs);
  }

  contentsOf(volume: string): AsyncIterable<StoredContent> {
    return this.#store.contentsOf(volume);
  }

  rewrite(contents: readonly ContentAddress[]): Promise<readonly StoredContent[]> {
    return this.#store.putMany(this.#read(contents));
  }

  removeVolume(volume: string): Promise<void> {
    return this.#store.removeVolume(volume);
  }

  async *#read(contents: readonly ContentAddress[]): AsyncGenerator<SmallBlob> {
    let index = 0;
    for await (const bytes of this.#store.readMany(contents, MAX_FRAME_BYTES)) {
      const content = contents[index++];
      if (bytes !== null && content !== undefined) yield { hash: content.hash, bytes };
    }
  }
}
