import type { Clock } from '../runtime/clock.ts';
import { ServerError } from '../server/server-error.ts';
import type { Connection } from './connection.ts';
import type { WakeSignal } from './wake-signal.ts';

/** Milliseconds that a lane rests when something is due that it could not do: another lane's work stands before it. */
const OVERDUE_REST_MS = 100;
/** Milliseconds before a lane goes on after a failure that is nobody's expected one. */
const AFTER_SURPRISE_MS = 2_000;

export interface LaneParts {
  readonly clock: Clock;
  readonly signal: WakeSignal;
  /** Null for a lane that speaks to no server. */
  readonly connection: Connection | null;
  /** False while the lane must rest: the root is lost, or a merge with a new history is under way. */
  readonly mayRun: () => boolean;
  /** Does one bounded piece of work. @returns whether there was any, so that more may wait */
  readonly step: () => Promise<boolean>;
  /** When there may be work without a wake; monotonic milliseconds. */
  readonly nextDue: () => number | null;
  /** Takes a failure other than the server's; what it does not know it logs. */
  readonly onFailure: (lane: Lane, error: unknown) => void;
  /** All that was to be done is done, without a failure. */
  readonly onMended: (lane: Lane) => void;
}

/** One kind of work of a directory, done piece by piece beside the others until the lane is stopped. */
export class Lane {
  /** True while a piece of work is under way. */
  busy = false;
  #stopped = false;
  readonly #parts: LaneParts;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    const { signal, clock, connection, mayRun, nextDue } = this.#parts;
    let restUntil = 0;
    while (!this.#stopped) {
      const seen = signal.count;
      const earliest = Math.max(restUntil, connection?.retryAt ?? 0);
      if (!mayRun()) await signal.wait(seen, clock, null);
      else if (clock.monotonic() < earliest) await signal.wait(seen, clock, earliest);
      else {
        const worked = await this.#step();
        if (worked === 'failed') restUntil = clock.monotonic() + AFTER_SURPRISE_MS;
        else if (!worked) {
          this.#parts.onMended(this);
          await signal.wait(seen, clock, this.#nextLook(nextDue()));
        }
      }
    }
  }

  #nextLook(due: number | null): number | null {
    const now = this.#parts.clock.monotonic();
    return due !== null && due <= now ? now + OVERDUE_REST_MS : due;
  }

  async #step(): Promise<boolean | 'failed'> {
    const { connection, step, onFailure } = this.#parts;
    this.busy = true;
    try {
      return await step();
    } catch (error) {
      if (this.#stopped) return false;
      if (error instanceof ServerError && connection !== null) {
        connection.failed(error);
        return true;
      }
      onFailure(this, error);
      return 'failed';
    } finally {
      this.busy = false;
    }
  }
}
