import type { ContentHash } from '@syncpair/contracts';
import { FIRST_PACE } from '@syncpair/sync-core';
import { ChunkProofs } from './chunk-proofs.ts';

/** Uploads that are remembered at a time. */
const MOST_UPLOADS = 8;

/** What uploads by chunks know from one try to the next. Safe to lose: the server has the claims. */
export class UploadProgress {
  /** How large the next request with chunks is. */
  pace = FIRST_PACE;
  readonly #proofs = new Map<ContentHash, ChunkProofs>();

  /** What is proved of a content by now. */
  of(hash: ContentHash): ChunkProofs {
    const proofs = this.#proofs.get(hash) ?? new ChunkProofs();
    this.#proofs.delete(hash);
    this.#proofs.set(hash, proofs);
    for (const oldest of this.#proofs.keys()) if (this.#proofs.size > MOST_UPLOADS) this.#proofs.delete(oldest);
    return proofs;
  }

  /** An upload has come to its end, good or bad. */
  ended(hash: ContentHash): void {
    this.#proofs.delete(hash);
  }
}
