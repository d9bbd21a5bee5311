import type { Database } from '../database/database.ts';
import { readDirectoriesInTurn } from '../store/retention-repository.ts';
import { measureDirectory } from './measure-directory.ts';
import { retentionStep } from './retention-step.ts';
import { SteadyClock } from './steady-clock.ts';

/** Milliseconds between two turns of one replica. */
const EVERY_MS = 60_000;
/** In one turn: directories that are looked at, and steps for each. */
const DIRECTORIES = 500;
const STEPS = 50;

/**
 * Lets history expire beside the requests, a bounded piece a turn. Any replica may run it; two of them never work on one directory at a
 * time.
 */
export class RetentionJob {
  readonly #database: Database;
  readonly #clock: () => number;
  readonly #warn: (message: string) => void;
  readonly #steady: SteadyClock;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #closed = false;
  /** The directory looked at last. */
  #place = 0;

  constructor(database: Database, clock: () => number, warn: (message: string) => void, monotonic: () => number = () => performance.now()) {
    this.#database = database;
    this.#clock = clock;
    this.#warn = warn;
    this.#steady = new SteadyClock(clock, monotonic);
  }

  start(everyMs = EVERY_MS): void {
    const again = (): void => {
      if (this.#closed) return;
      // Replicas that started together do not stay together.
      const pause = everyMs * (0.75 + Math.random() / 2);
      this.#timer = setTimeout(() => void this.#run(() => this.turn()).finally(again), pause);
    };
    void this.#run(() => this.turn()).finally(again);
  }

  /** One bounded piece of work; nothing while the clock may be wrong. */
  async turn(): Promise<void> {
    const clock = this.#steady.look();
    if (clock === 'jumped') this.#warn('the clock was set; no history expires until it has gone evenly for ten minutes');
    if (clock !== 'steady') return;
    const { next, bounded } = await readDirectoriesInTurn(this.#database, this.#place, DIRECTORIES);
    this.#place = next.length < DIRECTORIES ? 0 : (next.at(-1) ?? 0);
    for (const directory of new Set([...bounded, ...next])) await this.#expire(directory);
  }

  /** Looks at one directory soon, apart from its turn: somebody has set how long its history stays. */
  soon(directory: number): void {
    void this.#run(() => this.#expire(directory));
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #run(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(work).catch((error: unknown) => this.#warn(`history did not expire: ${(error as Error).message}`));
    return this.#running;
  }

  async #expire(directory: number): Promise<void> {
    await measureDirectory(this.#database, directory, this.#clock());
    for (let step = 0; step < STEPS && !this.#closed; step += 1) {
      if (!(await retentionStep(this.#database, directory, this.#clock()))) return;
    }
  }
}
