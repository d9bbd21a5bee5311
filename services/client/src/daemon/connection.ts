import type { Logger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';
import { type ServerError } from '../server/server-error.ts';

/** Whether the server can be spoken to, for all lanes of a directory: one of them finds out, all of them wait. */
export class Connection {
  /** Why the last request failed; null when it did not. */
  failure: ServerError | null = null;
  #attempt = 0;
  #retryAt = 0;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #delay: (attempt: number) => number;
  readonly #onChange: () => void;

  /** `delay` gives the milliseconds before try number `attempt` (0 upwards). */
  constructor(parts: { clock: Clock; log: Logger; delay: (attempt: number) => number; onChange: () => void }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#delay = parts.delay;
    this.#onChange = parts.onChange;
  }

  get isUp(): boolean {
    return this.failure === null;
  }

  /** When the next request may be sent; monotonic milliseconds. */
  get retryAt(): number {
    return this.isUp ? 0 : this.#retryAt;
  }

  succeeded(): void {
    if (this.isUp) return;
    this.failure = null;
    this.#attempt = 0;
    this.#log.info('the server answers again');
    this.#onChange();
  }

  failed(error: ServerError): void {
    const now = this.#clock.monotonic();
    if (!this.isUp && now < this.#retryAt) return;
    const delay = Math.max(error.retryAfterMs ?? 0, this.#delay(this.#attempt++));
    this.#retryAt = now + delay;
    const isNews = this.failure?.message !== error.message;
    this.failure = error;
    this.#log[isNews ? 'warn' : 'debug'](
      `the server does not take requests (${error.message}); trying again in ${(delay / 1000).toFixed(1)} s`,
    );
    this.#onChange();
  }

  /** The server was heard of by other means: no reason to wait longer. */
  retryNow(): void {
    this.#retryAt = 0;
    this.#onChange();
  }
}
