import { HEARTBEAT_MS, SILENCE_MS } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { type ConnectedDevice, recordConnected } from '../store/device-repository.ts';

/** Devices in one statement. */
const BATCH = 1_000;

/** Notes for all replicas which devices have an event stream open at this one. A note expires when its replica is gone. */
export class ConnectedDevices {
  readonly #db: Queryable;
  readonly #warn: (message: string) => void;
  readonly #clock: () => number;
  readonly #open = new Set<readonly ConnectedDevice[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(db: Queryable, warn: (message: string) => void, clock: () => number) {
    this.#db = db;
    this.#warn = warn;
    this.#clock = clock;
    this.#timer = setInterval(() => void this.#note([...this.#open].flat(), true), HEARTBEAT_MS);
    this.#timer.unref();
  }

  /** A stream of this device for these directories begins; returns what tells that it has ended. */
  add(device: string, directories: readonly number[]): () => void {
    const connected = directories.map((directory) => ({ directory, device }));
    this.#open.add(connected);
    void this.#note(connected, true);
    return () => {
      if (this.#open.delete(connected)) void this.#note(connected, false);
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#open.clear();
  }

  async #note(connected: readonly ConnectedDevice[], open: boolean): Promise<void> {
    const until = open ? new Date(this.#clock() + SILENCE_MS) : null;
    try {
      for (let start = 0; start < connected.length; start += BATCH) {
        await recordConnected(this.#db, connected.slice(start, start + BATCH), until);
      }
    } catch (error) {
      this.#warn(`who is connected was not written: ${(error as Error).message}`);
    }
  }
}
