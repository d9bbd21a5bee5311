import { DomainError } from '@syncpair/contracts';

/** Requests of one client that are served at the same time: half of what the database takes at once stays for the others. */
const SERVED_AT_ONCE = 8;
/** Requests of one client that wait for a place; each is in memory with its body. */
const MOST_WAITING = 256;
/** Milliseconds after which a refused client may ask again. */
const ASK_AGAIN_MS = 1_000;

interface Client {
  served: number;
  readonly waiting: (() => void)[];
}

/** A few places for each client, so that whoever asks without end stands in nobody's way, however slow the server is just now. */
export class Places {
  readonly #clients = new Map<string, Client>();

  /**
   * Takes a place, or waits for one. `leave` gives it up, whether it was had by then or not; to be called once.
   *
   * @throws {DomainError} `rate_limited` when too many of this client wait already
   */
  take(client: string): { readonly had: Promise<unknown>; readonly leave: () => void } {
    const mine = this.#clients.get(client) ?? { served: 0, waiting: [] };
    this.#clients.set(client, mine);
    if (mine.served < SERVED_AT_ONCE) {
      mine.served += 1;
      return { had: Promise.resolve(), leave: () => this.#leave(client, mine) };
    }
    if (mine.waiting.length >= MOST_WAITING) {
      const message = `client "${client}" has ${MOST_WAITING} requests waiting already; wait as Retry-After says`;
      throw new DomainError('rate_limited', message, undefined, ASK_AGAIN_MS);
    }
    const turn = Promise.withResolvers<null>();
    let has = false;
    const come = (): void => {
      has = true;
      turn.resolve(null);
    };
    mine.waiting.push(come);
    const leave = (): void => {
      if (has) this.#leave(client, mine);
      else mine.waiting.splice(mine.waiting.indexOf(come), 1);
    };
    return { had: turn.promise, leave };
  }

  /** The place goes to whoever waits longest. */
  #leave(client: string, mine: Client): void {
    const next = mine.waiting.shift();
    if (next !== undefined) return next();
    mine.served -= 1;
    if (mine.served === 0) this.#clients.delete(client);
  }
}
