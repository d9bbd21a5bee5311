import { type KeyObject, createPublicKey } from 'node:crypto';
import type { GrantKeys } from '@syncpair/blob';
import { DomainError, type PublicKeyJson } from '@syncpair/contracts';

/** The keys of a metadata service in the same process, which is not there yet when the blob service is made. */
export class MetadataGrantKeys implements GrantKeys {
  #keys: ReadonlyMap<string, KeyObject> | null = null;

  know(keys: readonly PublicKeyJson[]): void {
    this.#keys = new Map(keys.map(({ id, pem }) => [id, createPublicKey(pem)]));
  }

  async find(id: string): Promise<KeyObject | null> {
    if (this.#keys === null) throw new DomainError('unavailable', 'the server is starting');
    return this.#keys.get(id) ?? null;
  }
}
