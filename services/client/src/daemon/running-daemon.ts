import type { Logger } from '../log/logger.ts';
import type { DaemonControl } from './control.ts';

export interface DaemonOptions {
  readonly log: Logger;
  /** Sync until nothing is left to do, then stop. */
  readonly once: boolean;
  /** Only to answer `plan` and `why`: nothing is written to the folders, the state or the server. Never together with `once`. */
  readonly inspect?: boolean;
}

/** The engine at work for all directories of a configuration. */
export interface RunningDaemon extends DaemonControl {
  /** Resolves when it has stopped: by itself after `once`, or after `stop`. Rejects when it cannot go on at all. */
  readonly done: Promise<DaemonOutcome>;

  /** Gives up what it keeps only to be quick, as long as nothing is to be done. */
  releaseMemory(): void;

  /** Finishes what is under way, lets go of everything, and is done; may be called again. */
  stop(): Promise<void>;
}

/** What was left when it stopped. */
export interface DaemonOutcome {
  /** Paths that are not as they should be. */
  readonly problems: number;
  /** Holds that wait for a person. */
  readonly holds: number;
}
