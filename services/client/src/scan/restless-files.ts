import type { RelativePath } from '@syncpair/contracts';
import { type Restlessness, changedAgain, restlessnessAt } from '@syncpair/sync-core';

/** Files that are remembered at a time: those that changed last. */
const MOST_FILES = 1_000;

/** How often files changed lately. Safe to lose. Times are monotonic milliseconds. */
export class RestlessFiles {
  readonly #files = new Map<RelativePath, Restlessness>();

  levelOf(path: RelativePath, now: number): number {
    return restlessnessAt(this.#files.get(path) ?? null, now);
  }

  changed(path: RelativePath, now: number): void {
    const changed = changedAgain(this.#files.get(path) ?? null, now);
    this.#files.delete(path);
    this.#files.set(path, changed);
    if (this.#files.size <= MOST_FILES) return;
    for (const oldest of this.#files.keys()) {
      this.#files.delete(oldest);
      break;
    }
  }
}
