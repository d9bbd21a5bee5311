import type { ContentHash } from '@syncpair/contracts';

/** Contents that arrived with events, the oldest dropped above a bound. */
export class ContentCache {
  readonly #contents = new Map<ContentHash, Uint8Array>();
  readonly #limit: number;
  #bytes = 0;

  /** `limit` in bytes. */
  constructor(limit = 4 * 1024 * 1024) {
    this.#limit = limit;
  }

  put(hash: ContentHash, bytes: Uint8Array): void {
    if (this.#contents.has(hash)) return;
    this.#contents.set(hash, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, dropped] of this.#contents) {
      if (this.#bytes <= this.#limit) break;
      this.#contents.delete(oldest);
      this.#bytes -= dropped.length;
    }
  }

  get(hash: ContentHash): Uint8Array | null {
    return this.#contents.get(hash) ?? null;
  }

  drop(hash: ContentHash): void {
    this.#bytes -= this.#contents.get(hash)?.length ?? 0;
    this.#contents.delete(hash);
  }
}
