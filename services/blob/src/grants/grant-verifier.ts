import { DomainError, type GrantClaims, grantClaimsSchema, keyIdOf, verifyClaims } from '@syncpair/contracts';
import type { GrantKeys } from './grant-keys.ts';
import { type Granted, joinGrants } from './granted.ts';

/** Turns the tokens of a request into what it may do. */
export class GrantVerifier {
  readonly #keys: GrantKeys;
  readonly #now: () => number;

  constructor(keys: GrantKeys, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** @throws {DomainError} as `joinGrants`, `forbidden` for a token that is not metadata's, `unavailable` when its keys cannot be had. */
  async verify(tokens: readonly string[], use: GrantClaims['use']): Promise<Granted> {
    const claims: GrantClaims[] = [];
    for (const token of tokens) claims.push(await this.#claimsOf(token));
    return joinGrants(claims, use, this.#now());
  }

  async #claimsOf(token: string): Promise<GrantClaims> {
    const key = await this.#keys.find(keyIdOf(token));
    const verified = key === null ? null : verifyClaims(key, token);
    const claims = verified?.ok === true ? grantClaimsSchema.safeParse(verified.value) : null;
    if (claims?.success !== true) throw new DomainError('forbidden', 'the grant is not one of the metadata service');
    return claims.data;
  }
}
