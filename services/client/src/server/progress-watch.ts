import { ServerError } from './server-error.ts';

/** Milliseconds without a byte in either direction after which a request counts as lost. Never a bound on its total time. */
export const NO_PROGRESS_MS = 30_000;

/** Bytes that our kernel and a proxy may hold unsent when the last byte of a body has left this process. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
/** Bytes a second of the slowest line that is still served. */
const SLOWEST_LINE = 16 * 1024;

/**
 * Milliseconds to wait for an answer after a body of so many bytes. What the kernel took is not yet on the wire, and how it drains
 * cannot be seen from here: a slow line gets the time for that on top.
 */
export function patienceAfter(bytes: number, noProgressMs: number): number {
  return noProgressMs + (Math.min(bytes, BUFFERED_BYTES) / SLOWEST_LINE) * 1000;
}

/** Counts the time in which the other side is expected to move and does not. */
export class ProgressWatch {
  readonly #onStall: (error: ServerError) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onStall: (error: ServerError) => void) {
    this.#onStall = onStall;
  }

  /** It is the other side's turn: something moves within `ms`, or the request is lost. */
  expect(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#onStall(new ServerError('unreachable', `nothing came or went for ${(ms / 1000).toFixed(1)} s`));
    }, ms);
  }

  /** It is our own turn: time does not count. */
  pause(): void {
    clearTimeout(this.#timer);
  }
}
