import type { RelativePath } from '@syncpair/contracts';
import type { WatchHint, Watcher } from './watcher.ts';

/** A watcher that can be begun anew: which folders are left out is asked only when one is found. */
export class RenewableWatcher implements Watcher {
  readonly #make: () => Watcher;
  #watcher: Watcher;
  #onHint: ((hint: WatchHint) => void) | null = null;
  #closed = false;

  constructor(make: () => Watcher) {
    this.#make = make;
    this.#watcher = make();
  }

  start(onHint: (hint: WatchHint) => void): Promise<void> {
    this.#onHint = onHint;
    return this.#watcher.start(onHint);
  }

  /** Watches what is to be watched now. Hints of the meantime are lost: the caller scans afterwards. */
  async renew(): Promise<void> {
    if (this.#onHint === null || this.#closed) return;
    await this.#watcher.close();
    // It may have been closed meanwhile.
    if (this.#closed as boolean) return;
    this.#watcher = this.#make();
    await this.#watcher.start(this.#onHint);
  }

  coverage(): number {
    return this.#watcher.coverage();
  }

  reason(): string | null {
    return this.#watcher.reason();
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return this.#watcher.uncovered();
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#watcher.close();
  }
}
