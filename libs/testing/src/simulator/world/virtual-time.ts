import { setImmediate } from 'node:timers';

interface Planned {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | null;
}

/** Milliseconds since 1970 at which every simulated world begins. */
export const BEGINNING_MS = 1_767_225_600_000;

/**
 * The only clock and the only timers of a simulated world. Between two moments all promises that can settle are settled, so that what
 * happens depends on nothing but the order of the moments.
 */
export class VirtualTime {
  /** Milliseconds since the beginning. */
  now = 0;
  readonly #heap: Planned[] = [];
  #order = 0;

  /** Calls back once after `ms`; returns what cancels it. */
  after(ms: number, callback: () => void): () => void {
    const planned: Planned = { at: this.now + Math.max(0, ms), order: this.#order++, callback };
    this.#push(planned);
    return () => (planned.callback = null);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Goes on moment by moment until `until` (milliseconds since the beginning) or until `isOver` is true. @returns moments passed */
  async run(until: number, isOver: () => boolean = () => false): Promise<number> {
    let moments = 0;
    await settled();
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) {
        this.now = Math.max(this.now, until);
        break;
      }
      this.#pop();
      const { callback } = next;
      if (callback === null) continue;
      this.now = next.at;
      moments++;
      callback();
      await settled();
    }
    return moments;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(planned, heap[parent] as Planned)) break;
      heap[at] = heap[parent] as Planned;
      at = parent;
    }
    heap[at] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) child++;
      if (!isBefore(heap[child] as Planned, last)) break;
      heap[at] = heap[child] as Planned;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (one: Planned, other: Planned): boolean => (one.at === other.at ? one.order < other.order : one.at < other.at);

/** Every promise that can settle without time passing has settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
