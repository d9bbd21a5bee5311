import { type DirectoryRef, DomainError } from '@syncpair/contracts';
import type { Principal } from './principal.ts';

/** The directories whose contents a principal may read: the shared ones and its own. */
export interface ReadScope {
  readonly client: string;
}

/**
 * The directory that a request names, if the principal may have it. A private directory belongs to the `client_id` in its key, so stating
 * another's name is stating another directory.
 *
 * @throws {DomainError} `forbidden`
 */
export function directoryOf(
  principal: Principal,
  named: { readonly client_id: string; readonly directory: string; readonly shared: boolean },
): DirectoryRef {
  if (principal.clientId !== undefined && principal.clientId !== named.client_id) {
    throw new DomainError('forbidden', `these credentials are not those of client "${named.client_id}"`);
  }
  return { client_id: named.client_id, name: named.directory, shared: named.shared };
}

export const scopeOf = (ref: DirectoryRef): ReadScope => ({ client: ref.client_id });
