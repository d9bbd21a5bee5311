import { type Chunk, type ContentHash, DomainError, type ReceiptClaims, parseManifestLocation } from '@syncpair/contracts';
import type { BlobRef } from '../blobs/blob-store.ts';
import type { GrantVerifier } from './grant-verifier.ts';

/** Chunks that a principal may make a content of, each with its location where that is known. */
export type ChunkCover = ReadonlyMap<ContentHash, string | undefined>;

export interface CoverSources {
  readonly grants: GrantVerifier;
  /** The claims of a receipt that this store gave; null for any other token. @throws {DomainError} `forbidden` when it has run out */
  readonly receiptOf: (token: string) => ReceiptClaims | null;
  /** The chunks of a content that lies in chunks; null for any other, or when its manifest cannot be read. */
  readonly chunksOf: (content: BlobRef) => Promise<readonly Chunk[] | null>;
}

/** Contents in one request whose chunks are looked up: an edit has one, the state before it. */
const MAX_WHOLES = 16;

/**
 * What read grants and receipts cover together. Who may read a content that lies in chunks may read these.
 *
 * @throws {DomainError} `forbidden` for a token that is neither, has run out, or was given to someone else than `who`
 */
export async function coverChunks(tokens: readonly string[], who: string, sources: CoverSources): Promise<ChunkCover> {
  const cover = new Map<ContentHash, string | undefined>();
  const grants: string[] = [];
  for (const token of tokens) {
    const receipt = sources.receiptOf(token);
    if (receipt === null) {
      grants.push(token);
      continue;
    }
    if (receipt.who !== who) throw new DomainError('forbidden', 'a receipt was given to someone else');
    for (const { hash, location } of receipt.contents) cover.set(hash, location);
  }
  if (grants.length === 0) return cover;
  const granted = await sources.grants.verify(grants, 'read');
  if (granted.who !== who) throw new DomainError('forbidden', 'the grants were given to different principals');
  for (const [hash, location] of granted.contents) cover.set(hash, location);
  const wholes = [...granted.contents].filter(([, location]) => parseManifestLocation(location) !== null);
  for (const [hash, location] of wholes.slice(0, MAX_WHOLES)) {
    for (const chunk of (await sources.chunksOf({ hash, location })) ?? []) if (!cover.has(chunk.hash)) cover.set(chunk.hash, undefined);
  }
  return cover;
}
