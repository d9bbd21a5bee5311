import { readFileSync } from 'node:fs';

/** Where Linux tells how many events wait for a process before it drops what comes; 16,384 where nobody set another number. */
const LIMIT_FILE = '/proc/sys/fs/inotify/max_queued_events';
const USUAL_LIMIT = 16_384;

/**
 * Finds out that the system may have dropped events. Node does not report it: but a queue that ran full is read in one go, so as many events
 * in one turn of the thread mean that there may have been more. The queue is one for all folders of a thread, and so is this.
 */
export class EventFlood {
  /** So many events in one turn are a flood; half of the limit, because some of what is read belongs to nobody any more. */
  readonly #enough: number;
  readonly #listeners = new Set<(reason: string) => void>();
  #count = 0;

  constructor(limit: number = queueLimit()) {
    this.#enough = Math.max(1, Math.floor(limit / 2));
  }

  /** `onFlood` is called after each flood. @returns what ends that */
  listen(onFlood: (reason: string) => void): () => void {
    this.#listeners.add(onFlood);
    return () => this.#listeners.delete(onFlood);
  }

  /** An event came. */
  note(): void {
    this.#count += 1;
    if (this.#count === 1) setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    const count = this.#count;
    this.#count = 0;
    if (count < this.#enough) return;
    for (const tell of this.#listeners) tell(`${count} came at once, and the system may have dropped more (fs.inotify.max_queued_events)`);
  }
}

function queueLimit(): number {
  try {
    const limit = Number(readFileSync(LIMIT_FILE, 'utf8'));
    return Number.isInteger(limit) && limit > 0 ? limit : USUAL_LIMIT;
  } catch {
    // Another system than Linux, or one that hides it.
    return USUAL_LIMIT;
  }
}
