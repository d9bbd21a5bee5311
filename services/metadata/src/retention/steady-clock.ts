/** Milliseconds for which a clock must have gone evenly before anything expires by it. */
export const SETTLE_MS = 10 * 60_000;
/** Milliseconds by which it may be set at once: what time servers do all the time. */
const MAX_JUMP_MS = 60_000;

/**
 * Says whether a clock can be trusted with the past. One that is wrong after a start, or was set wrong, is mostly put right within minutes, and
 * by one that is a year ahead all of history would be too old.
 */
export class SteadyClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #since: { readonly wall: number; readonly monotonic: number };

  /** Both tell milliseconds; `monotonic` from an unknown beginning. */
  constructor(wall: () => number, monotonic: () => number) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#since = { wall: wall(), monotonic: monotonic() };
  }

  /**
   * - `steady`: the clock went evenly for long enough.
   * - `settling`: evenly, and not yet long enough.
   * - `jumped`: it was set since it was looked at last; from now on it has to settle again.
   */
  look(): 'steady' | 'settling' | 'jumped' {
    const now = { wall: this.#wall(), monotonic: this.#monotonic() };
    const elapsed = now.monotonic - this.#since.monotonic;
    if (Math.abs(now.wall - this.#since.wall - elapsed) > MAX_JUMP_MS) {
      this.#since = now;
      return 'jumped';
    }
    return elapsed >= SETTLE_MS ? 'steady' : 'settling';
  }
}
