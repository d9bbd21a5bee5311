import { setTimeout as sleep } from 'node:timers/promises';
import { type ContentHash, DomainError, GRANT_LIFETIME_MS, RECEIPT_LIFETIME_MS } from '@syncpair/contracts';
import { AskedTogether } from '../database/asked-together.ts';
import type { Database } from '../database/database.ts';
import { type Pin, pinUnflushed } from '../store/pin-repository.ts';

/** Bytes a millisecond that an upload makes at least, where it is not given up for lack of progress. */
const SLOWEST = 64;
/** Milliseconds for which a removal that is under way is waited for. */
const PATIENCE_MS = 10_000;
const POLL_MS = 20;

/** Contents that one question may name for which others wait. */
const FEW = 100;

/** Milliseconds from a grant on in which a content of this size may be uploaded and its receipt used. */
export const pinTimeOf = (size: number): number => GRANT_LIFETIME_MS + RECEIPT_LIFETIME_MS + size / SLOWEST;

/** Keeps contents from being collected while somebody uploads them. Everything that is put into the store is pinned first. */
export class ContentPins {
  readonly #database: Database;
  readonly #timeOf: (size: number) => number;
  readonly #pause: () => Promise<void>;
  readonly #together: AskedTogether<readonly Pin[], ReadonlySet<ContentHash>>;

  /**
   * @param timeOf milliseconds for which a content of so many bytes is pinned
   * @param pause between two looks at a removal that is under way
   */
  constructor(database: Database, timeOf: (size: number) => number = pinTimeOf, pause: () => Promise<void> = () => sleep(POLL_MS)) {
    this.#database = database;
    this.#timeOf = timeOf;
    this.#pause = pause;
    this.#together = new AskedTogether(async (asked) => {
      const removed = await this.#tryToPin(asked.flat());
      return asked.map(() => removed);
    });
  }

  /**
   * Resolves when all are pinned. What is being removed at this moment is pinned once it is gone.
   *
   * @throws {DomainError} `unavailable` when a removal does not come to its end
   */
  async pin(contents: readonly { readonly hash: ContentHash; readonly size: number }[]): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    let waiting = await this.#pinOnce([...new Map(contents.map((content) => [content.hash, content])).values()]);
    while (waiting.length > 0) {
      if (Date.now() > end) throw new DomainError('unavailable', 'a content is being removed; ask again');
      await this.#pause();
      waiting = await this.#pinOnce(waiting);
    }
  }

  /** @returns those that are being removed */
  async #pinOnce<Content extends { readonly hash: ContentHash; readonly size: number }>(contents: readonly Content[]): Promise<Content[]> {
    if (contents.length === 0) return [];
    const pins = contents.map(({ hash, size }) => ({ hash, size, forMs: this.#timeOf(size) }));
    const removed = await (pins.length > FEW ? this.#tryToPin(pins) : this.#together.ask(pins));
    return contents.filter(({ hash }) => removed.has(hash));
  }

  /** @returns those that are being removed */
  async #tryToPin(pins: readonly Pin[]): Promise<ReadonlySet<ContentHash>> {
    const longest = new Map<ContentHash, Pin>();
    for (const pin of pins) if (pin.forMs >= (longest.get(pin.hash)?.forMs ?? 0)) longest.set(pin.hash, pin);
    // A crash of PostgreSQL that forgets a pin forgets whatever was committed on its strength as well.
    return new Set(await pinUnflushed(this.#database, [...longest.values()]));
  }
}
