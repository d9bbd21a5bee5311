/** A fixed number of places; who finds none free waits for its turn. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place, or waits for one as long as that may take. */
  async take(): Promise<void> {
    await this.takeWithin(null);
  }

  /** Takes a place, or waits so many milliseconds for one. @returns whether it was had */
  async takeWithin(ms: number | null): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const come = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = ms === null ? undefined : setTimeout(() => resolve(!this.#waiting.delete(come)), ms);
      this.#waiting.add(come);
    });
  }

  /** The place goes to whoever waits longest. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
