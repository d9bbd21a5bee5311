import { type ContentHash, MIN_CHUNK_BYTES } from '@syncpair/contracts';
import type { StoredBlob } from '../../blobs/blob-store.ts';

/** Contents that are remembered: chunks of some 16 GiB, in 20 MB of memory. */
const MOST = 65_536;

/**
 * In which packs chunks were put or found of late. Whoever edits a large content again and again asks for most of its chunks without their
 * places; to find them costs a look into every pack. Safe to lose.
 */
export class KnownPlaces {
  readonly #places = new Map<ContentHash, { readonly pack: string; readonly blob: StoredBlob }>();

  /** Contents smaller than most chunks are not remembered: they are asked for with their places. */
  learn(pack: string, blob: StoredBlob): void {
    if (blob.size < MIN_CHUNK_BYTES) return;
    this.#places.delete(blob.hash);
    this.#places.set(blob.hash, { pack, blob });
    if (this.#places.size <= MOST) return;
    const [oldest] = this.#places.keys();
    if (oldest !== undefined) this.#places.delete(oldest);
  }

  /** Null when it is not known, or no longer in one of these packs. */
  find(hash: ContentHash, packs: ReadonlySet<string>): StoredBlob | null {
    const known = this.#places.get(hash);
    if (known === undefined) return null;
    this.#places.delete(hash);
    if (!packs.has(known.pack)) return null;
    this.#places.set(hash, known);
    return known.blob;
  }
}
