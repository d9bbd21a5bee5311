import type { RelativePath } from '@syncpair/contracts';
import type { WatchHint, Watcher } from './watcher.ts';

/**
 * For folders of which events tell too little: everything is scanned at each interval. What events there are, are taken as hints all the
 * same.
 */
export class UntrustedWatcher implements Watcher {
  readonly #watcher: Watcher | null;
  readonly #reason: string;

  /** `watcher` is null where nothing is to be watched at all. */
  constructor(reason: string, watcher: Watcher | null) {
    this.#reason = reason;
    this.#watcher = watcher;
  }

  async start(onHint: (hint: WatchHint) => void): Promise<void> {
    await this.#watcher?.start(onHint);
  }

  coverage(): number {
    return 0;
  }

  reason(): string {
    return this.#reason;
  }

  uncovered(): ReadonlySet<RelativePath | null> {
    return this.#watcher?.uncovered() ?? new Set([null]);
  }

  async close(): Promise<void> {
    await this.#watcher?.close();
  }
}
