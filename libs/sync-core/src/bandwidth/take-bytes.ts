/** What may pass at once after a rest, in seconds of the limit: timers come late, and what they cost is made up for. */
export const BURST_SECONDS = 0.25;
/** A piece, in seconds of the limit: at a low one something moves often, and nobody who waits for progress gives up. */
const PIECE_SECONDS = 0.125;
/** Bytes of the largest piece. */
export const MOST_PIECE_BYTES = 64 * 1024;

/** How many bytes may pass at a moment. */
export interface Bucket {
  readonly left: number;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export interface Taken {
  /** Bytes that pass now; 0: none before `afterMs` are over. */
  readonly bytes: number;
  /** Whole milliseconds, as timers count them. */
  readonly afterMs: number;
  /** For the next call. */
  readonly bucket: Bucket | null;
}

/**
 * Lets a piece of `wanted` bytes (1 or more) pass a line of `limit` bytes a second, null for one without a limit. `bucket` is what the last
 * call gave back, null before the first one. In no span of time do more bytes pass than the limit and the burst.
 */
export function takeBytes(bucket: Bucket | null, limit: number | null, wanted: number, now: number): Taken {
  if (limit === null) return { bytes: wanted, afterMs: 0, bucket: null };
  const burst = limit * BURST_SECONDS;
  const gained = bucket === null ? burst : (Math.max(now - bucket.at, 0) / 1000) * limit;
  const left = Math.min((bucket?.left ?? 0) + gained, burst);
  const at = bucket === null ? now : Math.max(now, bucket.at);
  const piece = Math.min(wanted, pieceBytes(limit));
  if (left >= piece) return { bytes: piece, afterMs: 0, bucket: { left: left - piece, at } };
  return { bytes: 0, afterMs: Math.ceil(((piece - left) / limit) * 1000), bucket: { left, at } };
}

const pieceBytes = (limit: number): number => Math.min(Math.max(Math.floor(limit * PIECE_SECONDS), 1), MOST_PIECE_BYTES);
