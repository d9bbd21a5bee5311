import type { Clock } from '../runtime/clock.ts';

/** The timers of one directory; all of them end with it. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back once after `ms` milliseconds, unless `stop` comes first. */
  after(ms: number, callback: () => void): void {
    if (this.#stopped) return;
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      if (!this.#stopped) callback();
    });
    this.#cancels.add(cancel);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
