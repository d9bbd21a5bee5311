import type { Clock } from '../runtime/clock.ts';

/** Milliseconds after which it is looked again how many seats there are, while somebody waits for one. */
const LOOK_AGAIN_MS = 500;

/** Lets so many work at a time, in the order in which they came. */
export class Seats {
  readonly #clock: Clock;
  readonly #count: () => number;
  readonly #line = new Set<() => void>();
  #taken = 0;
  #cancelTimer: (() => void) | null = null;

  /** @param count how many seats there are at this moment, at least one */
  constructor(clock: Clock, count: () => number) {
    this.#clock = clock;
    this.#count = count;
  }

  /** Resolves when there is a seat, or when `signal` ends the work, with what gives the seat back; to be called once. */
  async take(signal?: AbortSignal): Promise<() => void> {
    const isFull = this.#line.size > 0 || this.#taken >= this.#count();
    if (isFull && signal?.aborted !== true) await this.#wait(signal);
    else this.#taken += 1;
    return () => {
      this.#taken -= 1;
      this.#serve();
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal?.removeEventListener('abort', go);
        this.#line.delete(go);
        this.#taken += 1;
        resolve();
      };
      signal?.addEventListener('abort', go);
      this.#line.add(go);
      this.#serve();
    });
  }

  #serve(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const go of this.#line) {
      if (this.#taken >= this.#count()) break;
      go();
    }
    if (this.#line.size > 0) this.#cancelTimer = this.#clock.after(LOOK_AGAIN_MS, () => this.#serve());
  }
}
