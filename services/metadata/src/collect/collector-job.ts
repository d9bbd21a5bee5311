import type { ContentUpkeep, Volume } from '../content/content-upkeep.ts';
import type { Database } from '../database/database.ts';
import { readPlace, writePlace } from '../store/collect-repository.ts';
import type { CollectTimes } from './collect-times.ts';
import { Collector } from './collector.ts';
import { Compactor } from './compactor.ts';

/** Milliseconds between two turns of one replica. */
const EVERY_MS = 60_000;
/** In one turn: pages of contents that are looked at, and batches that are removed. */
const PAGES = 10;
const BATCHES = 20;
/** Milliseconds between two rounds through all contents of all replicas; short beside the grace that what is found then has. */
const ROUND_REST_MS = 15 * 60_000;
/** The kept place in the table of contents. */
const PLACE = 'condemn';

/**
 * Collects beside the requests, a bounded piece a turn, so that a whole round through a large store takes hours and no request waits. Any
 * replica may run it; what must not be done by two at once is locked in the database.
 */
export class CollectorJob {
  readonly #database: Database;
  readonly #collector: Collector;
  readonly #compactor: Compactor;
  readonly #warn: (message: string) => void;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #closed = false;
  #volumes: AsyncIterator<Volume> | null = null;

  constructor(database: Database, upkeep: ContentUpkeep, times: CollectTimes, warn: (message: string) => void) {
    this.#database = database;
    this.#collector = new Collector(database, upkeep, times);
    this.#compactor = new Compactor(database, upkeep, times);
    this.#warn = warn;
  }

  start(everyMs = EVERY_MS): void {
    const again = (): void => {
      if (this.#closed) return;
      // Replicas that started together do not stay together.
      this.#timer = setTimeout(
        () => {
          this.#running = this.turn()
            .catch((error: unknown) => this.#warn(`contents were not collected: ${(error as Error).message}`))
            .finally(again);
        },
        everyMs * (0.75 + Math.random() / 2),
      );
    };
    again();
  }

  /** One bounded piece of work. */
  async turn(): Promise<void> {
    await this.#condemn();
    await this.#collector.forgetClaims();
    for (let batch = 0, more = true; more && batch < BATCHES && !this.#closed; batch += 1) ({ more } = await this.#collector.sweep());
    await this.#compact();
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #condemn(): Promise<void> {
    let place = await readPlace(this.#database, PLACE, ROUND_REST_MS);
    if (place === null) return;
    for (let page = 0; page < PAGES && !this.#closed; page += 1) {
      const { last } = await this.#collector.condemn(place);
      place = last ?? Buffer.alloc(0);
      if (last === null) break;
    }
    await writePlace(this.#database, PLACE, place);
  }

  /** The next volume, and at the end of them those that were retired. */
  async #compact(): Promise<void> {
    if (this.#closed) return;
    this.#volumes ??= this.#compactor.volumes()[Symbol.asyncIterator]();
    const next = await this.#volumes.next();
    if (next.done !== true) {
      await this.#compactor.compact(next.value);
      return;
    }
    this.#volumes = null;
    await this.#compactor.removeRetired();
  }
}
