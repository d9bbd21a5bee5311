/** Bytes of the largest request with chunks: for each that is under way so much is in memory. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Bytes of the smallest; less than a chunk, so that chunks travel alone. */
const LEAST_BYTES = 64 * 1024;
const QUICK_MS = 250;
const SLOW_MS = 1_000;

/** Bytes of the first request with chunks. */
export const FIRST_UPLOAD_BYTES = 1024 * 1024;

/**
 * Bytes of the next request with chunks after one of `bytes` that took so many milliseconds, or was cut. What is under way when a connection
 * breaks is sent once more: on a slow or shaky line little is.
 */
export function paceUploads(bytes: number, took: number | 'cut'): number {
  if (took === 'cut') return Math.max(bytes / 4, LEAST_BYTES);
  if (took < QUICK_MS) return Math.min(2 * bytes, MOST_BYTES);
  if (took > SLOW_MS) return Math.max(bytes / 2, LEAST_BYTES);
  return bytes;
}
