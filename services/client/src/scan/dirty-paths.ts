import type { RelativePath } from '@syncpair/contracts';
import { SETTLE_MS, waitAfterVainRead } from '@syncpair/sync-core';

/** Milliseconds before a path that vanished is looked for again: editors move a file away before they put the new one. */
export const VANISHED_SETTLE_MS = 300;
/** Milliseconds before a path that is being written by this client itself is looked at again. */
export const BUSY_MS = 50;
/** Milliseconds after which a file that is let rest is looked at again when something happens to it: it may be finished by that. */
const LOOK_AGAIN_MS = 100;

interface Dirty {
  due: number;
  wait: number;
  /** The number of the last mark, and its time. */
  mark: number;
  markedAt: number;
  /** Since when something may have changed that was not read yet, or was read in vain. */
  since: number;
  /** It waits for the file to rest. */
  isSettling: boolean;
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

  paths(): IterableIterator<RelativePath> {
    return this.#paths.keys();
  }

  /** Something happened there: look in a moment, unless a look is due anyway. */
  mark(path: RelativePath, now: number, wait = SETTLE_MS): void {
    const mark = ++this.#marks;
    const known = this.#paths.get(path);
    if (known === undefined) {
      this.#paths.set(path, { due: now + wait, wait, mark, markedAt: now, since: now, isSettling: false });
      return;
    }
    known.mark = mark;
    known.markedAt = now;
    if (known.isSettling) known.due = Math.min(known.due, now + LOOK_AGAIN_MS);
  }

  /** It changed while it was read, which took so many milliseconds: look again later, and let it rest as if it had changed only now. */
  postpone(path: RelativePath, now: number, took: number): void {
    const wait = waitAfterVainRead({ before: this.#paths.get(path)?.wait ?? SETTLE_MS / 2, took });
    this.#paths.set(path, { ...this.#known(path, now), due: now + wait, wait, since: now, isSettling: false });
  }

  /** Looks again at a set time, with the wait as it was. */
  wait(path: RelativePath, due: number): void {
    this.#paths.set(path, { ...this.#known(path, due), due, isSettling: false });
  }

  /** Lets a file rest until a time; looks again sooner when something happens there. */
  settle(path: RelativePath, due: number): void {
    this.#paths.set(path, { ...this.#known(path, due), due, isSettling: true });
  }

  /** Milliseconds since when something may have changed there that was not read yet, or was read in vain. */
  waited(path: RelativePath, now: number): number {
    return Math.max(now - (this.#paths.get(path)?.since ?? now), 0);
  }

  #known(path: RelativePath, now: number): Dirty {
    return this.#paths.get(path) ?? { due: now, wait: SETTLE_MS, mark: 0, markedAt: now, since: now, isSettling: false };
  }

  /** A moment, taken before the disk is looked at: what is marked later is not told by that look. */
  get moment(): number {
    return this.#marks;
  }

  /** It was read, or is gone, as of a moment; what happened since is still to be looked at. */
  done(path: RelativePath, moment: number): void {
    const known = this.#paths.get(path);
    if (known === undefined) return;
    if (known.mark <= moment) this.#paths.delete(path);
    else known.since = known.markedAt;
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
