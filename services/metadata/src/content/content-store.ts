import type { Readable } from 'node:stream';
import type { ContentHash, PublicKeyJson, ReceiptClaims } from '@syncpair/contracts';

/** One content as a receipt names it: durable, verified, and where it lies. */
export type StoredContent = ReceiptClaims['contents'][number];

/** How to find a content: `location` is what the receipt said, opaque to everyone but the store. */
export interface ContentAddress {
  readonly hash: ContentHash;
  readonly location: string;
}

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What metadata needs of the blob service. Every call acts for a principal (`who`), whose right to the content the caller has checked.
 *
 * All methods throw a `DomainError`: `unavailable` when the store does not answer, `out_of_space` when it is full, `not_found` for a content
 * that it does not have. Putting what is there already succeeds.
 */
export interface ContentStore {
  /**
   * Stores one content of any size from a stream, holding no more than a few chunks of it. Durable when it resolves. On
   * failure the source is left where it is, for its owner to answer or end.
   *
   * @throws {DomainError} `hash_mismatch`: the bytes are not those of `hash`; nothing was stored.
   */
  put(who: string, hash: ContentHash, body: Readable): Promise<StoredContent>;
  /** Stores small contents, each of at most 1 MiB and 16 MiB together, in as few durable steps as the store can. Checks as `put`; all or none. */
  putMany(who: string, contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[]): Promise<readonly StoredContent[]>;
  /** Opens a content, or a range within it, for reading. */
  open(who: string, content: ContentAddress, range?: ByteRange): Promise<Readable>;
  /** Reads contents of at most 1 MiB each; one that is missing or larger is left out. */
  readMany(who: string, contents: readonly ContentAddress[]): Promise<ReadonlyMap<ContentHash, Uint8Array>>;
  /** Those of the contents that are there, by their size and place, each with where it lies; the bytes are not read. */
  find(who: string, contents: readonly ContentAddress[]): Promise<readonly StoredContent[]>;
  /** Keys that verify receipts. */
  receiptKeys(): Promise<readonly PublicKeyJson[]>;
  /** Resolves when contents can be read and written. */
  health(): Promise<void>;
}
