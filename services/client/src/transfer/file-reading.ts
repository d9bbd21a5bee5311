import type { Chunk } from '@syncpair/contracts';
import type { PlacedChunk } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import { ChunkProofs } from './chunk-proofs.ts';

/** A large file while it is read to know its hash: the chunks that were found so far, and what the server is known to have of them. */
export class FileReading {
  readonly file: ExpectedFile;
  readonly proofs = new ChunkProofs();
  #found: Chunk[] = [];
  /** Where what was not asked for yet begins in the file, in bytes. */
  #start = 0;
  #isOver = false;
  #isTaken = false;
  #news = Promise.withResolvers<null>();
  readonly #settled = Promise.withResolvers<null>();

  constructor(file: ExpectedFile) {
    this.file = file;
  }

  /** Nothing more will be found. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves once the reading is over, and nothing of what was found in it is being sent. */
  get settled(): Promise<unknown> {
    return this.#settled.promise;
  }

  found(chunks: readonly Chunk[]): void {
    this.#found.push(...chunks);
    this.#news.resolve(null);
  }

  end(): void {
    this.#isOver = true;
    this.#news.resolve(null);
    if (!this.#isTaken) this.#settled.resolve(null);
  }

  /** Lets one caller alone use what is found, until the reading is over or `use` has ended. @returns whether this is the one */
  async take(use: () => Promise<void>): Promise<boolean> {
    if (this.#isTaken || this.#isOver) return false;
    this.#isTaken = true;
    await use().finally(() => this.#settled.resolve(null));
    return true;
  }

  /** What was found since the last call, as soon as there is something; null once the reading is over. */
  async next(): Promise<readonly PlacedChunk[] | null> {
    while (this.#found.length === 0 && !this.#isOver) {
      await this.#news.promise;
      this.#news = Promise.withResolvers<null>();
    }
    if (this.#isOver) return null;
    return this.#found.splice(0).map((chunk): PlacedChunk => {
      const start = this.#start;
      this.#start += chunk.size;
      return { ...chunk, start };
    });
  }
}
