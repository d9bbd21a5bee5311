import { ServerError } from '../../../../../services/client/src/server/server-error.ts';
import type { OwnProcess } from '../world/own-process.ts';
import type { Random } from '../world/random.ts';

/** What goes wrong on the way between a client and the server. Each is a probability per request or event. */
export interface NetworkFaults {
  readonly lostRequests: number;
  /** The request was carried out, its answer never came. */
  readonly lostReplies: number;
  /** Of the lost requests, those that reach the server later after all. */
  readonly lateRequests: number;
  readonly cutStreams: number;
  readonly reorderedEvents: number;
  readonly repeatedEvents: number;
  readonly bareEvents: number;
}

export const NO_FAULTS: NetworkFaults = {
  lostRequests: 0,
  lostReplies: 0,
  lateRequests: 0,
  cutStreams: 0,
  reorderedEvents: 0,
  repeatedEvents: 0,
  bareEvents: 0,
};

/** The way of one machine to the server; outlives its processes. */
export class SimulatedLink {
  /** False while the machine is cut off. */
  up = true;
  faults: NetworkFaults;
  /** Faults that happened. */
  count = 0;
  readonly random: Random;

  constructor(random: Random, faults: NetworkFaults) {
    this.random = random;
    this.faults = faults;
  }

  /** Milliseconds one way. */
  get latency(): number {
    return this.random.chance(0.03) ? this.random.between(50, 2_000) : this.random.between(0.5, 20);
  }

  /**
   * One request and its answer. `serve` is what the server does at the moment the request reaches it, whether anybody waits for the answer
   * or not: `isLate` when it was given up before.
   */
  call<T>(process: OwnProcess, serve: (isLate: boolean) => T): Promise<T> {
    const { time } = process;
    return new Promise((resolve, reject) => {
      const fail = (after: number, error: unknown): void => {
        process.after(after, () => reject(error instanceof Error ? error : new Error(String(error))));
      };
      time.after(this.latency, () => {
        if (!this.up || this.random.chance(this.faults.lostRequests)) {
          this.count++;
          if (this.up && this.random.chance(this.faults.lateRequests))
            time.after(this.random.between(1, 8_000), () => void attempt(() => serve(true)));
          fail(this.random.between(1, 3_000), lost());
          return;
        }
        const answer = attempt(() => serve(false));
        time.after(this.latency, () => {
          if (!process.alive) return;
          if (!this.up || this.random.chance(this.faults.lostReplies)) {
            this.count++;
            fail(this.random.between(0, 3_000), lost());
          } else if (answer.ok) resolve(answer.value);
          else fail(0, answer.error);
        });
      });
    });
  }
}

const lost = (): ServerError => new ServerError('unreachable', 'simulated: the connection failed');

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(serve: () => T): Attempt<T> {
  try {
    return { ok: true, value: serve() };
  } catch (error) {
    if (error instanceof ServerError) return { ok: false, error };
    throw error;
  }
}
