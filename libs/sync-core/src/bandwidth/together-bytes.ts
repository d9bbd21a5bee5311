import { MAX_INLINE_BYTES } from '@syncpair/contracts';

/** What one batch takes, in seconds of the limit: what is saved meanwhile waits for it. */
const BATCH_SECONDS = 2;
/** Bytes of the smallest batch: more than what travels inside of other requests, which no limit concerns. */
const LEAST_BYTES = MAX_INLINE_BYTES + 1;

/**
 * Bytes of contents that travel together under a limit (bytes a second, null for none), where without one it is `most`. A content that is
 * larger than that travels by itself, beside the small ones.
 */
export function togetherBytes(limit: number | null, most: number): number {
  return limit === null ? most : Math.min(Math.max(limit * BATCH_SECONDS, LEAST_BYTES), most);
}
