import type { ServerResponse } from 'node:http';
import { giveBack } from '../blobs/lent-bytes.ts';

/** Bytes that may wait for the caller while what comes next is got ready; together they leave with few calls. */
const MOST_WAITING = 1024 * 1024;

/** The body of an answer on its way. What is sent is taken over, and its memory given back once the system has all of it. */
export class Outgoing {
  readonly #response: ServerResponse;
  #waiting = 0;
  #isClosed = false;
  /** Ends the wait for room. */
  #wake: (() => void) | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  /** True once there is room for more; false when the caller went away, and what was sent may still be in use. */
  async send(bytes: Uint8Array): Promise<boolean> {
    const { length } = bytes;
    this.#waiting += length;
    this.#response.write(bytes, (error) => {
      if (error) this.#isClosed = true;
      else {
        this.#waiting -= length;
        giveBack(bytes);
      }
      this.#wake?.();
    });
    while (this.#waiting >= MOST_WAITING && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return !this.#isClosed;
  }
}
