import { z } from 'zod';
import { wire } from './wire.ts';

/** Milliseconds a grant is good for. */
export const GRANT_LIFETIME_MS = 15 * 60_000;

/**
 * What metadata allows a bearer to do at blob: read or write these contents, for a while. Travels in a body or in the grant header, never
 * in a URL.
 */
export const grantClaimsSchema = z.object({
  use: z.enum(['read', 'write']),
  /** The principal it was given to. */
  who: z.string(),
  /** Each content by hash; for reading with its location as the receipt told it. */
  contents: z.array(z.object({ hash: wire.hash, location: z.string().optional() })).max(1_000),
  /** Milliseconds since 1970. */
  expires: z.number().int(),
});
export type GrantClaims = z.output<typeof grantClaimsSchema>;

/**
 * Blob's word that these contents are durable and match their hashes. A commit that names a content carries the receipt for it.
 * `location` is opaque to everyone but blob's driver.
 */
export const receiptClaimsSchema = z.object({
  who: z.string(),
  contents: z.array(z.object({ hash: wire.hash, size: wire.size, location: z.string() })).max(1_000),
  /** Milliseconds since 1970. */
  at: z.number().int(),
});
export type ReceiptClaims = z.output<typeof receiptClaimsSchema>;

/** Milliseconds for which a receipt backs a commit. */
export const RECEIPT_LIFETIME_MS = 60 * 60_000;

/** The answer to `PUT /blobs/{hash}` and `POST /blobs/batch`: a token with receipt claims for all contents of the request. */
export const receiptResponseSchema = z.object({
  receipt: z.string(),
  /** Contents that are durable now. */
  stored: z.number().int().nonnegative(),
});
export type ReceiptResponse = z.output<typeof receiptResponseSchema>;

/** `POST /blobs/fetch`: contents by their hashes, answered as frames in this order; every hash stands in one of the read grants. */
export const blobFetchRequestSchema = z.object({
  grants: z
    .array(z.string().max(1024 * 1024))
    .min(1)
    .max(64),
  hashes: z.array(wire.hash).min(1).max(1_000),
  /**
   * Who holds the bytes against their hash. The `receiver` of large contents does it in any case, and spares the sender to do it as well: he
   * asks again, without this, for one whose bytes are others, which may then be found elsewhere.
   */
  verified_by: z.enum(['sender', 'receiver']).optional(),
});
export type BlobFetchRequestJson = z.input<typeof blobFetchRequestSchema>;

/** `GET /api/v1/keys` (verify grants with these) and `GET /blobs/keys` (receipts): the newest key first. */
export const publicKeysSchema = z.object({ keys: z.array(z.object({ id: z.string().min(1), pem: z.string() })) });
export type PublicKeysJson = z.input<typeof publicKeysSchema>;
