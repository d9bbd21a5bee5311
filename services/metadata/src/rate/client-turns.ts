import { DomainError } from '@syncpair/contracts';
import { type Allowance, type RateLimits, isRested, takeTurn } from '@syncpair/sync-core';

/** Clients above which those that have rested are forgotten. */
const MANY_CLIENTS = 1_000;

/**
 * What a client gets when nothing else is configured: far more than any daemon asks for, enough for a script that brings in a large tree, and
 * for good no more than a part of what a server does.
 */
export const DEFAULT_RATE_LIMITS: RateLimits = { perSecond: 500, burst: 20_000 };

/** Gives each client its share: one that asks without end waits, the others do not. */
export class ClientTurns {
  readonly #limits: RateLimits;
  readonly #monotonic: () => number;
  #allowances = new Map<string, Allowance>();

  constructor(limits: RateLimits, monotonic: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#monotonic = monotonic;
  }

  /** Milliseconds that the next request of a client has to wait. @throws {DomainError} `rate_limited`, with the time to wait */
  next(client: string): number {
    const now = this.#monotonic();
    const turn = takeTurn(this.#allowances.get(client) ?? null, this.#limits, now);
    this.#allowances.set(client, turn.allowance);
    if (this.#allowances.size > MANY_CLIENTS) this.#forgetRested(now);
    if (turn.kind === 'served') return turn.afterMs;
    const { perSecond } = this.#limits;
    const message = `client "${client}" asks more often than the ${perSecond} times a second that one client gets; wait as Retry-After says`;
    throw new DomainError('rate_limited', message, undefined, turn.afterMs);
  }

  #forgetRested(now: number): void {
    this.#allowances = new Map([...this.#allowances].filter(([, allowance]) => !isRested(allowance, this.#limits, now)));
  }
}
