import { type KeyObject, createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError, ROUTES, publicKeysSchema } from '@syncpair/contracts';
import type { GrantKeys } from './grant-keys.ts';

/** Milliseconds after which keys are asked for again, so that a withdrawn one is forgotten. */
const FRESH_MS = 5 * 60_000;
/** Milliseconds between two questions for unknown ids: made-up ids must not become a flood at metadata. */
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 5_000;
const RETRY_MS = [200, 800];
const MAX_ANSWER_BYTES = 256 * 1024;

/** The keys that metadata publishes, fetched when needed and kept. While metadata does not answer, known keys stay good. */
export class RemoteGrantKeys implements GrantKeys {
  readonly #url: string;
  readonly #now: () => number;
  readonly #report: (problem: string, error: unknown) => void;
  #keys = new Map<string, KeyObject>();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(metadataUrl: string, now: () => number, report: (problem: string, error: unknown) => void) {
    this.#url = new URL(ROUTES.grantKeys, metadataUrl).href;
    this.#now = now;
    this.#report = report;
  }

  async find(id: string): Promise<KeyObject | null> {
    const known = this.#keys.get(id);
    const age = this.#now() - this.#fetchedAt;
    if (known !== undefined) {
      if (age > FRESH_MS)
        this.#fetch().catch((error: unknown) => this.#report('the keys of the metadata service are not refreshed', error));
      return known;
    }
    if (age < PAUSE_MS) return null;
    try {
      await this.#fetch();
    } catch (error) {
      this.#report('the keys of the metadata service cannot be read', error);
      throw new DomainError('unavailable', 'grants cannot be verified: the metadata service does not answer');
    }
    return this.#keys.get(id) ?? null;
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchWithRetries().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchWithRetries(): Promise<void> {
    for (const wait of [...RETRY_MS, null]) {
      try {
        this.#keys = await this.#ask();
        this.#fetchedAt = this.#now();
        return;
      } catch (error) {
        if (wait === null) throw error;
        await sleep(wait);
      }
    }
  }

  async #ask(): Promise<Map<string, KeyObject>> {
    const answer = await fetch(this.#url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    if (answer.status !== 200) throw new Error(`${this.#url} answered ${answer.status}`);
    const text = await answer.text();
    if (text.length > MAX_ANSWER_BYTES) throw new Error(`${this.#url} answered ${text.length} bytes`);
    const { keys } = publicKeysSchema.parse(JSON.parse(text));
    return new Map(keys.map(({ id, pem }) => [id, createPublicKey(pem)]));
  }
}
