import { type Bucket, nextInLine, takeBytes } from '@syncpair/sync-core';
import type { Clock } from '../runtime/clock.ts';

/** Milliseconds after which the limit is looked at again while somebody waits: it can be another one by then. */
const LOOK_AGAIN_MS = 500;

/** What passes a gate by pieces. */
export interface Passing {
  /** Bytes of it that have passed. */
  passed: number;
}

interface Waiting {
  readonly passing: Passing;
  readonly passed: number;
  readonly wanted: number;
  readonly since: number;
  readonly go: (bytes: number) => void;
}

/** One way of the line: lets pieces pass in a fair order, and no more of them than the limit of the moment. */
export class Gate {
  readonly #clock: Clock;
  readonly #limit: () => number | null;
  #bucket: Bucket | null = null;
  #line: Waiting[] = [];
  #cancelTimer: (() => void) | null = null;

  /** @param limit bytes a second at this moment; null: none */
  constructor(clock: Clock, limit: () => number | null) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** How many of the `wanted` bytes, at least one, pass now; a promise where they have to wait for it. */
  pass(passing: Passing, wanted: number): number | Promise<number> {
    const bytes = this.#line.length === 0 ? this.#take(passing, wanted) : 0;
    if (bytes > 0) return bytes;
    return new Promise((go) => {
      this.#line.push({ passing, passed: passing.passed, wanted, since: this.#clock.monotonic(), go });
      this.#serve();
    });
  }

  /** Lets what was given up pass at once. */
  release(passing: Passing): void {
    const left = this.#line.filter((waiting) => waiting.passing === passing);
    this.#line = this.#line.filter((waiting) => waiting.passing !== passing);
    for (const { go, wanted } of left) go(wanted);
  }

  #serve(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    while (this.#line.length > 0) {
      const place = nextInLine(this.#line, this.#clock.monotonic());
      const { passing, wanted, go } = this.#line[place] as Waiting;
      const bytes = this.#take(passing, wanted);
      if (bytes === 0) return;
      this.#line.splice(place, 1);
      go(bytes);
    }
  }

  /** 0: none for now, and the line is served later. */
  #take(passing: Passing, wanted: number): number {
    const { bytes, afterMs, bucket } = takeBytes(this.#bucket, this.#limit(), wanted, this.#clock.monotonic());
    this.#bucket = bucket;
    passing.passed += bytes;
    if (bytes === 0) this.#cancelTimer ??= this.#clock.after(Math.min(afterMs, LOOK_AGAIN_MS), () => this.#serve());
    return bytes;
  }
}
