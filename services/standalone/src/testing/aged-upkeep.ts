import type { ContentUpkeep, Volume } from '@syncpair/metadata';

/** What is under way at a moment: uses of contents that begin and end. */
export class Uses {
  readonly #open = new Map<number, string>();
  #last = 0;

  begin(hash: string): () => void {
    const id = (this.#last += 1);
    this.#open.set(id, hash);
    return () => this.#open.delete(id);
  }

  isUsed(hash: string): boolean {
    return [...this.#open.values()].includes(hash);
  }

  /** Ids of all that is open now. */
  now(): number[] {
    return [...this.#open.keys()];
  }

  anyOpen(ids: readonly number[]): boolean {
    return ids.some((id) => this.#open.has(id));
  }
}

/**
 * A store's upkeep where a volume is old enough once every use has ended that was under way when it was first seen: what two hours without
 * an addition mean where receipts live for one, without the hours.
 */
export class AgedUpkeep implements ContentUpkeep {
  readonly #upkeep: ContentUpkeep;
  readonly #uses: Uses;
  readonly #seen = new Map<string, readonly number[]>();
  readonly remove: ContentUpkeep['remove'];
  readonly list: ContentUpkeep['list'];
  readonly contentsOf: ContentUpkeep['contentsOf'];
  readonly rewrite: ContentUpkeep['rewrite'];
  readonly removeVolume: ContentUpkeep['removeVolume'];

  constructor(upkeep: ContentUpkeep, uses: Uses) {
    this.#upkeep = upkeep;
    this.#uses = uses;
    this.remove = (hashes, idleMs) => upkeep.remove(hashes, idleMs);
    this.list = (which) => upkeep.list(which);
    this.contentsOf = (volume) => upkeep.contentsOf(volume);
    this.rewrite = (contents) => upkeep.rewrite(contents);
    this.removeVolume = (volume) => upkeep.removeVolume(volume);
  }

  async *volumes(): AsyncGenerator<Volume> {
    for await (const volume of this.#upkeep.volumes(0)) {
      const since = this.#seen.get(volume.id) ?? this.#uses.now();
      this.#seen.set(volume.id, since);
      if (!this.#uses.anyOpen(since)) yield volume;
    }
  }
}
