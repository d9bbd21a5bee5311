/** One part of the crash suite, as it was played. */
export interface Played {
  /** What was done and seen, for the summary line. */
  readonly counts: string;
  /** What was found to be wrong, a line each; empty when all is well. */
  readonly failures: readonly string[];
  /** The ends of the logs where something was wrong. */
  readonly logs: string;
}

export interface PartOptions {
  readonly seed: number;
  /** How many times something is killed, where the part does not count by itself. */
  readonly kills: number;
  /** The system calls at which something is killed, where a part goes through them; null for all of its kinds. */
  readonly calls: readonly string[] | null;
  /** Hears of the progress, a line at a time. */
  readonly tell: (line: string) => void;
}
