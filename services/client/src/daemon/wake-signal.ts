import type { Clock } from '../runtime/clock.ts';

/** Wakes whoever waits. A wake between two waits of one listener is not lost: its next wait returns at once. */
export class WakeSignal {
  #count = 0;
  #waiting = new Set<() => void>();
  readonly #also: WakeSignal | null;

  /** `also` is woken along with this one. */
  constructor(also: WakeSignal | null = null) {
    this.#also = also;
  }

  /** How often it was woken; taken before a look around, so that `wait` knows what happened since. */
  get count(): number {
    return this.#count;
  }

  wake(): void {
    this.#count++;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const resolve of waiting) resolve();
    this.#also?.wake();
  }

  /** Waits for the first wake after `seen`, or until `due` (monotonic milliseconds; null: for ever). */
  async wait(seen: number, clock: Clock, due: number | null): Promise<void> {
    if (seen !== this.#count) return;
    const delay = due === null ? null : due - clock.monotonic();
    if (delay !== null && delay <= 0) return;
    await new Promise<void>((resolve) => {
      const cancel =
        delay === null
          ? (): void => undefined
          : clock.after(delay, () => {
              this.#waiting.delete(wake);
              resolve();
            });
      const wake = (): void => {
        cancel();
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
