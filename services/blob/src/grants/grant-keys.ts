import { type KeyObject, createPublicKey } from 'node:crypto';
import type { PublicKeyJson } from '@syncpair/contracts';

/** The public keys that grants of the metadata service are verified with. */
export interface GrantKeys {
  /**
   * The key of this id, null when metadata has none such.
   *
   * @throws {DomainError} `unavailable` when that cannot be known now.
   */
  find(id: string): Promise<KeyObject | null>;
}

/** Keys that are known beforehand: both services in one process, and tests. */
export function knownGrantKeys(keys: readonly PublicKeyJson[]): GrantKeys {
  const byId = new Map(keys.map(({ id, pem }) => [id, createPublicKey(pem)]));
  return { find: async (id) => byId.get(id) ?? null };
}
