import type { Measurements } from './measurements.ts';

/** What was found for a target. */
export interface Finding {
  /** The figure with its unit, and what it stands beside. */
  readonly text: string;
  readonly isHeld: boolean;
  /** The size that was measured, where it is not that of the target. */
  readonly size?: string | null;
}

/** One line of the table of targets. */
export interface Target {
  readonly work: string;
  readonly aim: string;
  /** @returns null when it was not measured */
  find(measured: Measurements): Finding | null;
}
