/** Work that goes on beside its starter, whose failures the starter hears of when it asks. */
export class InFlight {
  readonly #running = new Set<Promise<void>>();
  #failed = false;
  #failure: unknown;

  start(work: () => Promise<void>): void {
    const one: Promise<void> = work()
      .catch((error: unknown) => {
        if (!this.#failed) this.#failure = error;
        this.#failed = true;
      })
      .finally(() => this.#running.delete(one));
    this.#running.add(one);
  }

  /** Waits until fewer than `limit` are under way. @throws what the first of them failed with */
  async below(limit: number): Promise<void> {
    while (this.#running.size >= limit) await Promise.race(this.#running);
    if (this.#failed) throw this.#failure;
  }

  /** Waits until none is under way, however they end. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }
}
