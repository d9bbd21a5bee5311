import { hash as digest } from 'node:crypto';
import { type Chunk, DomainError, MAX_MANIFEST_BYTES, ManifestError, type ManifestLocation, decodeManifest } from '@syncpair/contracts';
import { readAll } from './blob-http.ts';
import type { ContentStore } from './content-store.ts';

export interface ReadManifest {
  readonly bytes: Uint8Array;
  readonly chunks: readonly Chunk[];
}

/** Reads manifests from the store. */
export class ManifestReader {
  readonly #store: ContentStore;

  constructor(store: ContentStore) {
    this.#store = store;
  }

  /**
   * The manifest of a content of so many bytes; null when it is not there, or not the one of such a content.
   *
   * @throws {DomainError} `unavailable` when the store does not answer
   */
  async read(who: string, { manifest: hash, location }: ManifestLocation, size: number): Promise<ReadManifest | null> {
    const small = await this.#store.readMany(who, [{ hash, location }]);
    const bytes = small.get(hash) ?? (await this.#readLarge(who, { hash, location }));
    if (bytes === null || digest('sha256', bytes) !== hash) return null;
    try {
      return { bytes, chunks: decodeManifest(bytes, size) };
    } catch (error) {
      if (error instanceof ManifestError) return null;
      throw error;
    }
  }

  async #readLarge(who: string, content: Parameters<ContentStore['open']>[1]): Promise<Uint8Array | null> {
    try {
      return await readAll(await this.#store.open(who, content), MAX_MANIFEST_BYTES);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not_found') return null;
      throw error;
    }
  }
}
