import { hash } from 'node:crypto';
import type { ContentHash } from '@syncpair/contracts';

const known = new WeakMap<Uint8Array, ContentHash>();

/** The SHA-256 of bytes that are never changed in place; counted once for each array. */
export function contentHash(bytes: Uint8Array): ContentHash {
  let found = known.get(bytes);
  if (found === undefined) known.set(bytes, (found = hash('sha256', bytes) as ContentHash));
  return found;
}
