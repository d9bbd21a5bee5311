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
  /** The number of the last mark. */
  mark: number;
}

/** Paths that may have changed, each with the time of the next look at it. Times are monotonic milliseconds. */
export class DirtyPaths {
  readonly #paths = new Map<RelativePath, Dirty>();
  #marks = 0;

  get size(): number {
    return this.#paths.size;
  }

  has(path: RelativePath): boolean {
    return this.#paths.has(path);
  }

  /** Something happened there: look in a moment, unless a look is due anyway. */
  mark(path: RelativePath, now: number, wait = SETTLE_MS): void {
    const mark = ++this.#marks;
    const known = this.#paths.get(path);
    if (known === undefined) this.#paths.set(path, { due: now + wait, wait, mark });
    else known.mark = mark;
  }

  /** It was still changing: look again after a wait that doubles each time. */
  postpone(path: RelativePath, now: number): void {
    const wait = Math.min((this.#paths.get(path)?.wait ?? SETTLE_MS / 2) * 2, LONGEST_SETTLE_MS);
    this.#paths.set(path, { due: now + wait, wait, mark: this.#paths.get(path)?.mark ?? 0 });
  }

  /** Looks again at a set time, with the wait as it was. */
  wait(path: RelativePath, due: number): void {
    const known = this.#paths.get(path);
    this.#paths.set(path, { due, wait: known?.wait ?? SETTLE_MS, mark: known?.mark ?? 0 });
  }

  /** A moment, taken before the disk is looked at: what is marked later is not told by that look. */
  get moment(): number {
    return this.#marks;
  }

  /** It was read, or is gone, as of a moment; what happened since is still to be looked at. */
  done(path: RelativePath, moment: number): void {
    const known = this.#paths.get(path);
    if (known !== undefined && known.mark <= moment) this.#paths.delete(path);
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
