import type { NegotiateRequest } from '@syncpair/contracts';
import { type RunVerdict, judgeRun } from '@syncpair/sync-core';
import type { Queryable } from '../database/database.ts';
import { readDeviceRun, takeDeviceRun } from '../store/device-run-repository.ts';

/** Milliseconds for which a run that was accepted is not looked up again: a clone that another replica has accepted is found by then. */
const REMEMBER_MS = 30_000;
/** Runs remembered. */
const MOST_REMEMBERED = 50_000;
/** Looks at a device whose run others change at the same moment. */
const MOST_TRIES = 3;

/** Tells clones and old states of devices: each start of a client has to follow the one that the server heard of last. */
export class DeviceRuns {
  readonly #db: Queryable;
  readonly #clock: () => number;
  readonly #accepted = new Map<string, { readonly run: string; readonly until: number }>();

  constructor(db: Queryable, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** A client that tells no run is accepted. */
  async check({ run, device, client_id: client, cursor }: NegotiateRequest, directory: number): Promise<RunVerdict> {
    if (run === undefined) return 'accepted';
    const known = this.#accepted.get(device);
    if (known?.run === run.id && known.until > this.#clock()) return 'accepted';
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const now = this.#clock();
      const remembered = await readDeviceRun(this.#db, device, directory);
      const verdict = judgeRun({ ...run, cursor }, remembered);
      if (verdict !== 'accepted') return verdict;
      const before = remembered?.id ?? null;
      if (before !== run.id && !(await takeDeviceRun(this.#db, { device, client, run: run.id, before, now }))) continue;
      if (this.#accepted.size >= MOST_REMEMBERED) this.#accepted.clear();
      this.#accepted.set(device, { run: run.id, until: now + REMEMBER_MS });
      return 'accepted';
    }
    return 'old_state';
  }
}
