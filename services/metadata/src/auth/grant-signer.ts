import { GRANT_LIFETIME_MS, type GrantClaims, type PublicKeyJson, type SigningKey, publicKeyOf, signClaims } from '@syncpair/contracts';

/** Signs grants with the key that all replicas share. */
export class GrantSigner {
  readonly #key: SigningKey;

  constructor(key: SigningKey) {
    this.#key = key;
  }

  /** A grant for these contents from `now` (milliseconds since 1970) on. */
  sign(use: GrantClaims['use'], who: string, contents: GrantClaims['contents'], now: number): string {
    return signClaims(this.#key, { use, who, contents, expires: now + GRANT_LIFETIME_MS } satisfies GrantClaims);
  }

  publicKeys(): readonly PublicKeyJson[] {
    return [publicKeyOf(this.#key.privateKey)];
  }
}
