import type { RelativePath } from '@syncpair/contracts';
import type { WatchHint } from './watcher.ts';

/** Which folders are watched and which could not be; the first failure of a series becomes one `lost` hint. */
export class Coverage {
  readonly #onHint: (hint: WatchHint) => void;
  readonly #uncovered = new Set<RelativePath | null>();
  #told = false;
  #reason: string | null = null;

  constructor(onHint: (hint: WatchHint) => void) {
    this.#onHint = onHint;
  }

  get uncovered(): ReadonlySet<RelativePath | null> {
    return this.#uncovered;
  }

  /** `folder` could not be watched, or is not any more; it becomes the last of `uncovered`. */
  lose(folder: RelativePath | null, reason: string): void {
    this.#uncovered.delete(folder);
    this.#uncovered.add(folder);
    this.#reason = reason;
    if (this.#told) return;
    this.#told = true;
    this.#onHint({ kind: 'lost', reason });
  }

  /** `folder` is watched. */
  gain(folder: RelativePath | null): void {
    this.forget(folder);
  }

  /** `folder` does not exist any more. */
  forget(folder: RelativePath | null): void {
    this.#uncovered.delete(folder);
    if (this.#uncovered.size === 0) this.#told = false;
  }

  /** Why the last folder that was lost is not watched; null while none is lost. */
  get reason(): string | null {
    return this.#uncovered.size === 0 ? null : this.#reason;
  }

  /** The part of `watched` + uncovered folders that is watched. */
  ratio(watched: number): number {
    const known = watched + this.#uncovered.size;
    return known === 0 ? 1 : watched / known;
  }
}
