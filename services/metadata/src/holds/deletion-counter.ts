import { type HoldLimits, judgeDeletions, needsLiveCount } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import { addDeletions, countLiveFiles, readDeletionWindows } from '../store/deletion-count-repository.ts';
import { OpenWindow } from './open-window.ts';
import { TakesLong } from './takes-long.ts';

export interface CounterOptions {
  readonly limits: HoldLimits;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Other directories wait for the same transaction. */
  readonly shared?: boolean;
}

/** Adds deletions up over the sliding window, in the database, for one transaction that has the directory's lock. */
export class DeletionCounter {
  readonly #transaction: Transaction;
  readonly #directory: number;
  readonly #limits: HoldLimits;
  readonly #now: number;
  readonly #shared: boolean;
  readonly #devices = new Map<string, OpenWindow>();
  #together: OpenWindow | null = null;

  constructor(transaction: Transaction, directory: number, { limits, now, shared = false }: CounterOptions) {
    this.#transaction = transaction;
    this.#directory = directory;
    this.#limits = limits;
    this.#now = now;
    this.#shared = shared;
  }

  /**
   * Counts deletions of a device. Those that must wait count for the device, but not for the directory: nobody else waits for them.
   *
   * @returns why they must wait and how many files were live, null when they may pass
   * @throws TakesLong, in a shared transaction, when all files have to be counted
   */
  async count(device: string, files: number): Promise<{ readonly reason: string; readonly live: number } | null> {
    const { own, together } = await this.#open(device);
    const total = Math.max(own.files, together.files) + files;
    if (needsLiveCount(total, this.#limits) && !(own.knowsLive && together.knowsLive)) {
      // A directory may have millions.
      if (this.#shared) throw new TakesLong('the files of a directory are to be counted');
      const live = (await countLiveFiles(this.#transaction, this.#directory)) + together.before;
      for (const window of [own, together]) if (!window.knowsLive) window.setLive(live);
    }
    const reason = judgeDeletions({ device: own.window, directory: together.window }, files, this.#limits);
    own.add(files);
    if (reason === null) together.add(files);
    return reason === null ? null : { reason, live: own.window.liveAtStart };
  }

  async settle(): Promise<void> {
    const windows = [...this.#devices.values(), ...(this.#together === null ? [] : [this.#together])];
    const counts = windows.flatMap(({ addition }) => addition ?? []);
    if (counts.length > 0) await addDeletions(this.#transaction, this.#directory, counts, this.#now);
  }

  async #open(device: string): Promise<{ own: OpenWindow; together: OpenWindow }> {
    let own = this.#devices.get(device);
    if (own === undefined || this.#together === null) {
      const read = await readDeletionWindows(this.#transaction, this.#directory, device, this.#now);
      own = new OpenWindow(device, read.device);
      this.#devices.set(device, own);
      this.#together ??= new OpenWindow(null, read.directory);
    }
    return { own, together: this.#together };
  }
}
