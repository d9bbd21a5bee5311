import { type ContentHash, DomainError, type GrantClaims } from '@syncpair/contracts';
import type { BlobRef } from '../blobs/blob-store.ts';

/** Milliseconds by which the clocks of the services may differ. */
const LEEWAY_MS = 60_000;

/** What one request may do: the contents of all its grants, for one principal. */
export interface Granted {
  readonly who: string;
  /** Each content with its location, where the grant tells it. */
  readonly contents: ReadonlyMap<ContentHash, string | undefined>;
}

/**
 * Joins the claims of verified grants.
 *
 * @throws {DomainError} `unauthenticated` without any grant, `forbidden` when one has another use, expired, or was given to someone else
 *   than the others.
 */
export function joinGrants(claims: readonly GrantClaims[], use: GrantClaims['use'], now: number): Granted {
  const [first] = claims;
  if (first === undefined) throw new DomainError('unauthenticated', 'a grant of the metadata service is needed');
  const contents = new Map<ContentHash, string | undefined>();
  for (const grant of claims) {
    if (grant.use !== use) throw new DomainError('forbidden', `the grant is for ${grant.use === 'read' ? 'reading' : 'writing'}`);
    if (grant.expires + LEEWAY_MS < now) throw new DomainError('forbidden', 'the grant has expired; ask for a new one');
    if (grant.who !== first.who) throw new DomainError('forbidden', 'the grants were given to different principals');
    for (const { hash, location } of grant.contents) contents.set(hash, location);
  }
  return { who: first.who, contents };
}

/** @throws {DomainError} `forbidden` when no grant names the content. */
export function requireGranted({ contents }: Granted, hash: ContentHash): BlobRef {
  if (!contents.has(hash)) throw new DomainError('forbidden', `no grant names the content ${hash}`);
  return { hash, location: contents.get(hash) };
}
