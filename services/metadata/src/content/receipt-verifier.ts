import { type KeyObject, createPublicKey } from 'node:crypto';
import { RECEIPT_LIFETIME_MS, type ReceiptClaims, keyIdOf, receiptClaimsSchema, verifyClaims } from '@syncpair/contracts';
import type { ContentStore } from './content-store.ts';

/** Milliseconds between two askings for keys, so that forged key ids cost the store nothing. */
const REFRESH_MS = 1_000;
/** Milliseconds by which the store's clock may be ahead of ours. */
const AHEAD_MS = 60_000;

/** Checks the receipts of a request against the keys that the content store publishes. */
export class ReceiptVerifier {
  readonly #store: ContentStore;
  readonly #clock: () => number;
  readonly #keys = new Map<string, KeyObject>();
  #asked = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(store: ContentStore, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The claims of a receipt that was given to `who` and still counts; null for any other text. */
  async verify(receipt: string, who: string): Promise<ReceiptClaims | null> {
    const key = await this.#keyOf(receipt);
    if (key === null) return null;
    const verified = verifyClaims(key, receipt);
    const claims = verified.ok ? receiptClaimsSchema.safeParse(verified.value) : null;
    if (claims?.success !== true || claims.data.who !== who) return null;
    const age = this.#clock() - claims.data.at;
    return age <= RECEIPT_LIFETIME_MS && age >= -AHEAD_MS ? claims.data : null;
  }

  async #keyOf(receipt: string): Promise<KeyObject | null> {
    const id = keyIdOf(receipt);
    if (!this.#keys.has(id) && this.#clock() - this.#asked >= REFRESH_MS) await (this.#asking ??= this.#refresh());
    return this.#keys.get(id) ?? null;
  }

  async #refresh(): Promise<void> {
    try {
      for (const { id, pem } of await this.#store.receiptKeys()) this.#keys.set(id, createPublicKey(pem));
      this.#asked = this.#clock();
    } finally {
      this.#asking = null;
    }
  }
}
