import type { ContentHash } from '@syncpair/contracts';
import type { GrantSigner } from '../auth/grant-signer.ts';

/** Contents in one grant: its token stays within what a request body of the blob service takes for it. */
const MAX_CONTENTS = 500;
/** Bytes from which a content travels alone, with its grant in a header; such a grant names nothing else. */
const ALONE_BYTES = 1024 * 1024;

export interface SignedGrant {
  readonly hashes: ContentHash[];
  readonly grant: string;
}

export interface GrantedContent {
  readonly hash: ContentHash;
  readonly size: number;
  /** For reading. */
  readonly location?: string;
}

/** Grants that together cover these contents, each of a size that can travel. */
export function signGrants(
  signer: GrantSigner,
  use: 'read' | 'write',
  who: string,
  contents: readonly GrantedContent[],
  now: number,
): SignedGrant[] {
  const batches: GrantedContent[][] = contents.filter(({ size }) => size >= ALONE_BYTES).map((content) => [content]);
  const small = contents.filter(({ size }) => size < ALONE_BYTES);
  for (let start = 0; start < small.length; start += MAX_CONTENTS) batches.push(small.slice(start, start + MAX_CONTENTS));
  return batches.map((batch) => ({
    hashes: batch.map(({ hash }) => hash),
    grant: signer.sign(
      use,
      who,
      batch.map(({ hash, location }) => (location === undefined ? { hash } : { hash, location })),
      now,
    ),
  }));
}
