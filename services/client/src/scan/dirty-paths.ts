import type { RelativePath } from '@syncpair/contracts';

/** Milliseconds for which a file must have stayed the same before it is read. */
export const SETTLE_MS = 10;
/** Milliseconds before a path that vanished is looked for again: editors move a file away before they put the new one. */
export const VANISHED_SETTLE_MS = 300;
/** Milliseconds before a path that is being written by this client itself is looked at again. */
export const BUSY_MS = 50;
/** The longest wait between two looks at a file that keeps changing. */
const LONGEST_SETTLE_MS = 2_000;

interface Dirty {
  due: number;
  wait: number;
}

/** Paths that may have changed, each with the time of the next look at it. Times are monotonic milliseconds. */
export class DirtyPaths {
  readonly #paths = new Map<RelativePath, Dirty>();

  get size(): number {
    return this.#paths.size;
  }

  has(path: RelativePath): boolean {
    return this.#paths.has(path);
  }

  /** Something happened there: look in a moment, unless a look is due anyway. */
  mark(path: RelativePath, now: number, wait = SETTLE_MS): void {
    if (!this.#paths.has(path)) this.#paths.set(path, { due: now + wait, wait });
  }

  /** It was still changing: look again after a wait that doubles each time. */
  postpone(path: RelativePath, now: number): void {
    const wait = Math.min((this.#paths.get(path)?.wait ?? SETTLE_MS / 2) * 2, LONGEST_SETTLE_MS);
    this.#paths.set(path, { due: now + wait, wait });
  }

  /** Looks again at a set time, with the wait as it was. */
  wait(path: RelativePath, due: number): void {
    this.#paths.set(path, { due, wait: this.#paths.get(path)?.wait ?? SETTLE_MS });
  }

  /** It was read, or is gone. */
  done(path: RelativePath): void {
    this.#paths.delete(path);
  }

  /** The paths whose time has come, at most `limit`. They stay until `done`. */
  due(now: number, limit: number): RelativePath[] {
    const found: RelativePath[] = [];
    for (const [path, { due }] of this.#paths) {
      if (due <= now) found.push(path);
      if (found.length >= limit) break;
    }
    return found;
  }

  nextDue(): number | null {
    let next: number | null = null;
    for (const { due } of this.#paths.values()) if (next === null || due < next) next = due;
    return next;
  }

  clear(): void {
    this.#paths.clear();
  }
}
