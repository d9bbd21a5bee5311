import type { ContentHash } from '@syncpair/contracts';

/** Tries without a chunk after which a content is read in one stream. */
const MOST_TRIES = 3;
/** Contents that are remembered at a time. */
const MOST_CONTENTS = 32;

/**
 * Counts the tries in a row that were cut before a single chunk had come. On a line that carries less than a chunk at a time such a download
 * would never end; a stream goes on at the byte where it was cut. Safe to lose.
 */
export class StalledDownloads {
  readonly #tries = new Map<ContentHash, number>();

  /** A download by chunks was cut, having got some of them or none. */
  cut(hash: ContentHash, gotSome: boolean): void {
    const tries = gotSome ? 0 : (this.#tries.get(hash) ?? 0) + 1;
    this.#tries.delete(hash);
    if (tries > 0) this.#tries.set(hash, tries);
    for (const oldest of this.#tries.keys()) if (this.#tries.size > MOST_CONTENTS) this.#tries.delete(oldest);
  }

  /** It has come to its end. */
  ended(hash: ContentHash): void {
    this.#tries.delete(hash);
  }

  isStalled(hash: ContentHash): boolean {
    return (this.#tries.get(hash) ?? 0) >= MOST_TRIES;
  }
}
