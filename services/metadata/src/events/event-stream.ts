import type { Writable } from 'node:stream';
import { MAX_UNSENT_BYTES } from '@syncpair/contracts';

const HEARTBEAT = Buffer.from(':\n\n');
/** Heartbeats in a row that find a full stream, after which its reader counts as gone. */
const MAX_STUCK_BEATS = 4;

/** One reader's stream. What waits to be sent is bounded: a slow reader is told only where the logs stand, once it reads again. */
export class EventStream {
  readonly #out: Writable;
  readonly #skipped = new Map<object, () => Buffer>();
  #stuckBeats = 0;

  constructor(out: Writable) {
    this.#out = out;
    out.on('drain', () => this.#catchUp());
  }

  /** Sends an event of a channel; when too much waits, `head` is sent in its place later, once for each channel. */
  send(channel: object, event: Buffer, head: () => Buffer): void {
    if (this.#out.destroyed) return;
    if (this.#out.writableLength > MAX_UNSENT_BYTES) this.#skipped.set(channel, head);
    else this.#out.write(event);
  }

  heartbeat(): void {
    if (this.#out.destroyed) return;
    if (this.#out.writableLength <= MAX_UNSENT_BYTES) {
      this.#stuckBeats = 0;
      this.#out.write(HEARTBEAT);
      return;
    }
    this.#stuckBeats += 1;
    if (this.#stuckBeats >= MAX_STUCK_BEATS) this.#out.destroy();
  }

  end(): void {
    this.#out.end();
  }

  #catchUp(): void {
    const heads = [...this.#skipped.values()];
    this.#skipped.clear();
    for (const head of heads) this.#out.write(head());
  }
}
