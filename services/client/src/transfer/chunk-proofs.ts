import type { ContentHash } from '@syncpair/contracts';

/** Milliseconds for which a grant or receipt is shown; it is good for longer, and is used only at the end of a transfer. */
const SHOWN_MS = 8 * 60_000;

interface Proof {
  readonly token: string;
  readonly hashes: readonly ContentHash[];
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** Read grants and receipts that show that the server may make a content of chunks that it has. */
export class ChunkProofs {
  #proofs: Proof[] = [];

  add(token: string, hashes: readonly ContentHash[], at: number): void {
    this.#proofs.push({ token, hashes, at });
  }

  /** What can be shown now. */
  tokens(now: number): string[] {
    this.#proofs = this.#proofs.filter(({ at }) => isShown(at, now));
    return this.#proofs.map(({ token }) => token);
  }

  /** The chunks that a token of now covers. */
  covered(now: number): ReadonlySet<ContentHash> {
    return new Set(this.#proofs.flatMap(({ hashes, at }) => (isShown(at, now) ? hashes : [])));
  }
}

/** True while a token that was given at a time is shown. */
export const isShown = (at: number, now: number): boolean => now - at < SHOWN_MS;
