import type { DeletionWindow } from '@syncpair/sync-core';
import type { CountedWindow, DeletionCount } from '../store/deletion-count-repository.ts';

/** A window as one transaction sees it: what the database has, and what the transaction adds. */
export class OpenWindow {
  readonly #device: string | null;
  readonly #before: number;
  #live: number | null;
  #added = 0;
  #counted = false;

  /** `device` null: of the whole directory. */
  constructor(device: string | null, { files, live }: CountedWindow) {
    this.#device = device;
    this.#before = files;
    this.#live = live;
  }

  /** Deletions before this transaction. */
  get before(): number {
    return this.#before;
  }

  /** All deletions. */
  get files(): number {
    return this.#before + this.#added;
  }

  get knowsLive(): boolean {
    return this.#live !== null;
  }

  /** How many files were live when the window began. */
  setLive(live: number): void {
    this.#live = live;
    this.#counted = true;
  }

  add(files: number): void {
    this.#added += files;
  }

  /** For the decision. Where nobody needed to know how many were live, no answer depends on it. */
  get window(): DeletionWindow {
    return { liveAtStart: this.#live ?? Number.MAX_SAFE_INTEGER, passed: this.files };
  }

  /** What is to be written down, null for nothing. */
  get addition(): DeletionCount | null {
    return this.#added === 0 ? null : { device: this.#device, files: this.#added, live: this.#counted ? this.#live : null };
  }
}
