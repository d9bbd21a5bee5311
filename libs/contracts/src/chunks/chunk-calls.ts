import { z } from 'zod';
import { directoryFields } from '../negotiate.ts';
import { wire } from '../wire.ts';

/** Chunks that one request may name. */
export const MAX_CHUNKS_PER_REQUEST = 1_000;
/** Milliseconds for which a directory may go on naming the chunks that were uploaded for it: an upload that was cut is taken up within. */
export const CLAIM_LIFETIME_MS = 7 * 24 * 60 * 60_000;

const signedGrants = z.array(z.object({ hashes: z.array(wire.hash), grant: z.string() }));

/**
 * `POST /api/v1/chunks`: which of these chunks of a content have to be uploaded for the directory. Receipts of uploaded ones are kept as
 * claims of the directory, which make them needed no more.
 */
export const chunksRequestSchema = z.object({
  protocol: z.literal(1),
  ...directoryFields,
  /** Of `/blobs/batch`, for chunks; one that does not hold any more changes nothing, and its chunks stay needed. */
  receipts: z
    .array(z.string().max(1024 * 1024))
    .max(64)
    .default([]),
  hashes: z.array(wire.hash).max(MAX_CHUNKS_PER_REQUEST),
});
export type ChunksRequest = z.output<typeof chunksRequestSchema>;
export type ChunksRequestJson = z.input<typeof chunksRequestSchema>;

/** Each asked chunk stands either in `needed` or in one of `readable`. */
export const chunksResponseSchema = z.object({
  /** To be uploaded. */
  needed: z.array(wire.hash),
  /** Write grants that together cover `needed`. */
  grants: signedGrants,
  /** Read grants of the others: they prove at `PUT /blobs/{hash}/manifest` that the content may be made of them. */
  readable: signedGrants,
});
export type ChunksResponse = z.output<typeof chunksResponseSchema>;
export type ChunksResponseJson = z.input<typeof chunksResponseSchema>;
