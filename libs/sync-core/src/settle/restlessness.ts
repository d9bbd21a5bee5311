/** How often a file changed lately. */
export interface Restlessness {
  /** Changes, those of long ago forgotten. */
  readonly level: number;
  /** Monotonic milliseconds at which the level was that. */
  readonly at: number;
}

/** Changes that are forgotten in a second. */
const FORGOTTEN_PER_SECOND = 2;

/** The level at a moment; null for a file that is not known to have changed. */
export const restlessnessAt = (known: Restlessness | null, now: number): number =>
  known === null ? 0 : Math.max(known.level - (Math.max(now - known.at, 0) / 1000) * FORGOTTEN_PER_SECOND, 0);

/** It changed once more. */
export const changedAgain = (known: Restlessness | null, now: number): Restlessness => ({ level: restlessnessAt(known, now) + 1, at: now });
