import { setTimeout as sleep } from 'node:timers/promises';

interface Closer {
  readonly close: () => Promise<void> | void;
  readonly patienceMs: number;
}

/** What has to be closed again, last opened first. */
export class Closers {
  readonly #closers: Closer[] = [];

  /** @param patienceMs after which the next one is closed all the same: what one waits for may end only with the other */
  add(close: () => Promise<void> | void, patienceMs = 60_000): void {
    this.#closers.push({ close, patienceMs });
  }

  /**
   * Closes everything, each once, also after one of them failed.
   *
   * @throws the first failure, after the last closer
   */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.#closers.pop(); next !== undefined; next = this.#closers.pop()) {
      const { close, patienceMs } = next;
      const closed = new Promise<void>((resolve) => resolve(close())).catch((error: unknown) => void failures.push(error));
      const timer = new AbortController();
      await Promise.race([closed, sleep(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
    }
    if (failures.length > 0) throw failures[0];
  }
}
