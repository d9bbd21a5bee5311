import type { ContentHash } from '@syncpair/contracts';

/** Lets works on the same content take turns: it has one place in the staging area. */
export class Turns {
  readonly #last = new Map<ContentHash, Promise<unknown>>();

  /** Runs `work` once every earlier work on this content has ended, however it ended. */
  async take<T>(hash: ContentHash, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(hash) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#last.set(hash, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(hash) === turn) this.#last.delete(hash);
    }
  }
}
