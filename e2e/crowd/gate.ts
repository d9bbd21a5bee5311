import { type Clock, systemClock } from '../../services/client/src/runtime/clock.ts';

/** A clock of many clients: while it is shut no pause ends, so that nobody tries again; when it opens all pauses end at the same moment. */
export class Gate implements Clock {
  readonly #waiting = new Set<() => void>();
  #isShut = false;

  wall(): number {
    return systemClock.wall();
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(ms: number, callback: () => void): () => void {
    if (!this.#isShut) return systemClock.after(ms, callback);
    this.#waiting.add(callback);
    return () => void this.#waiting.delete(callback);
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    for (const callback of this.#waiting) callback();
    this.#waiting.clear();
  }
}
