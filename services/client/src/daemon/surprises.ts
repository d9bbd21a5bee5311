import type { Problem } from '@syncpair/contracts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';

/** Milliseconds in which the same failure is logged once. */
const SILENT_MS = 60_000;

/** Failures that belong to no path and that nobody expects, such as a state file that cannot be written: shown while they last. */
export class Surprises {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #name: string;
  /** By what failed; the message of its last failure. */
  readonly #lasting = new Map<object, Problem>();
  readonly #toldAt = new Map<string, number>();

  /** `name` is the directory's. */
  constructor(name: string, log: Logger, clock: Clock) {
    this.#name = name;
    this.#log = log;
    this.#clock = clock;
  }

  /** `who` failed, and is going to try again. */
  failed(who: object, error: unknown): void {
    this.#lasting.set(who, describe(error));
    this.tell(error);
  }

  /** Something failed that has no end of its own. */
  tell(error: unknown): void {
    const problem = describe(error);
    const now = this.#clock.monotonic();
    const told = this.#toldAt.get(problem.message);
    if (told !== undefined && now - told < SILENT_MS) return;
    this.#toldAt.set(problem.message, now);
    this.#log.error(`${this.#name}: ${problem.message}; trying again`);
    if (error instanceof Error && error.stack !== undefined) this.#log.debug(error.stack);
  }

  /** `who` has done all that it had to do. */
  mended(who: object): void {
    if (!this.#lasting.delete(who) || this.#lasting.size > 0) return;
    this.#toldAt.clear();
    this.#log.info(`${this.#name}: it works again`);
  }

  /** Each different one, as problems of the directory itself. */
  list(): Problem[] {
    return [...new Map([...this.#lasting.values()].map((problem) => [problem.message, problem])).values()];
  }
}

function describe(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const isState = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  return isState
    ? { path: '.', code: 'state_unwritable', message: `SyncPair's own state in the folder cannot be kept: ${message}` }
    : { path: '.', code: 'failed', message };
}
