import type { ContentHash } from '@syncpair/contracts';

/** Milliseconds for which a grant or receipt is shown; it is good for longer, and is used only at the end of a transfer. */
const SHOWN_MS = 8 * 60_000;
/** Receipts in one request. */
const MOST_RECEIPTS = 64;

interface Proof {
  readonly token: string;
  readonly hashes: readonly ContentHash[];
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** Read grants and receipts that show that the server may make a content of chunks that it has. */
export class ChunkProofs {
  #proofs: Proof[] = [];
  #unshown: string[] = [];

  /** A read grant that was given at a time. */
  add(token: string, hashes: readonly ContentHash[], at: number): void {
    this.#proofs.push({ token, hashes, at });
  }

  /** A receipt, which is to be shown to metadata soon. */
  addReceipt(token: string, hashes: readonly ContentHash[], at: number): void {
    this.add(token, hashes, at);
    this.#unshown.push(token);
  }

  get hasUnshown(): boolean {
    return this.#unshown.length > 0;
  }

  /** Receipts that one request shows. */
  takeUnshown(): string[] {
    return this.#unshown.splice(0, MOST_RECEIPTS);
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
