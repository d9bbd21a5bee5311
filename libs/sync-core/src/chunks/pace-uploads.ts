import { type TimedRequest, requestCost } from './request-cost.ts';

/** Bytes of the largest request with chunks: for each that is under way so much is in memory. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Bytes of the smallest; less than most chunks, so that chunks travel alone. */
const LEAST_BYTES = 64 * 1024;
/** Milliseconds that a request may take. Two are under way and share the line: for so long it carries what a cut makes it carry again. */
const AIM_MS = 60;
/**
 * A request may take so many times what it takes whatever its size, so that one keeps the line busy while the other waits for its answer. With
 * more, sizes would grow without an end: on a busy line the wait for the other request looks like a part that no size changes.
 */
const TIMES_FIXED = 2;
/** Requests by which the line is judged. */
const REMEMBERED = 32;

/** How large requests with chunks are, and what that follows from. */
export interface UploadPace {
  /** Bytes of the next one at most, but for a chunk that has more by itself. */
  readonly bytes: number;
  /** The last ones, the latest last. */
  readonly recent: readonly TimedRequest[];
}

export const FIRST_PACE: UploadPace = { bytes: 256 * 1024, recent: [] };

/**
 * How large the next request is after one that was begun when `limit` bytes were the most, and was answered or cut. What is under way when a
 * connection breaks is sent once more: it is no more than keeps the line busy. On a line of long ways that is much, on a slow one little.
 */
export function paceUploads(pace: UploadPace, limit: number, ended: TimedRequest | 'cut'): UploadPace {
  if (ended === 'cut') return { ...pace, bytes: Math.min(pace.bytes, within(limit / 4)) };
  const recent = [...pace.recent, ended].slice(-REMEMBERED);
  const { fixed, perByte } = requestCost(recent);
  const wanted = (Math.max(AIM_MS, TIMES_FIXED * fixed) - fixed) / perByte;
  return { bytes: within(Math.min(Math.max(wanted, limit / 2), 2 * limit)), recent };
}

const within = (bytes: number): number => Math.min(Math.max(Math.round(bytes), LEAST_BYTES), MOST_BYTES);
