import { type ContentHash, MAX_EVENT_CONTENT_BYTES } from '@syncpair/contracts';

/** Small contents that came in lately, so that they can ride along with the event that tells of them. The oldest go first. */
export class RecentContents {
  readonly #maxBytes: number;
  readonly #contents = new Map<ContentHash, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes = 16 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  add(hash: ContentHash, bytes: Uint8Array): void {
    if (bytes.length > MAX_EVENT_CONTENT_BYTES) return;
    this.#remove(hash);
    this.#contents.set(hash, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#contents.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  get(hash: ContentHash): Uint8Array | undefined {
    return this.#contents.get(hash);
  }

  #remove(hash: ContentHash): void {
    const bytes = this.#contents.get(hash);
    if (bytes === undefined) return;
    this.#contents.delete(hash);
    this.#bytes -= bytes.length;
  }
}
