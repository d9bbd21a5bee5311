/** How many requests one client gets served. */
export interface RateLimits {
  readonly perSecond: number;
  /** Requests that may come at once after a rest. */
  readonly burst: number;
}

/** What a client has left at a moment; below zero, as many requests wait for their turn. */
export interface Allowance {
  readonly left: number;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export type Turn =
  /** Served after so many milliseconds, 0 for at once. */
  | { readonly kind: 'served'; readonly afterMs: number; readonly allowance: Allowance }
  /** Too many wait already; there is a turn again after so many milliseconds. */
  | { readonly kind: 'refused'; readonly afterMs: number; readonly allowance: Allowance };

/** Milliseconds that a request waits for its turn at most; one that would wait longer is refused. */
export const LONGEST_TURN_MS = 1_000;

/**
 * Whether and when a client's next request is served. `allowance` is what the last call gave back, null for a client that was never seen. Who
 * asks faster than the limit is slowed down to it first, and refused only when requests pile up: one after the other is never refused.
 */
export function takeTurn(allowance: Allowance | null, { perSecond, burst }: RateLimits, now: number): Turn {
  const gained = allowance === null ? burst : (Math.max(now - allowance.at, 0) / 1_000) * perSecond;
  const left = Math.min((allowance?.left ?? 0) + gained, burst);
  const afterMs = Math.max(((1 - left) / perSecond) * 1_000, 0);
  if (afterMs > LONGEST_TURN_MS) return { kind: 'refused', afterMs: afterMs - LONGEST_TURN_MS, allowance: { left, at: now } };
  return { kind: 'served', afterMs, allowance: { left: left - 1, at: now } };
}

/** A client that has rested so long is like one that was never seen. */
export const isRested = ({ left, at }: Allowance, { perSecond, burst }: RateLimits, now: number): boolean =>
  left + ((now - at) / 1_000) * perSecond >= burst;
