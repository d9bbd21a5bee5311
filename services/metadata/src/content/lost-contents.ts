import { type ContentHash, type WantedContent, parseManifestLocation } from '@syncpair/contracts';
import type { Principal } from '../auth/principal.ts';
import type { Database } from '../database/database.ts';
import { takeContents } from '../store/content-repository.ts';
import { lostAmong, lostInDirectory } from '../store/lost-repository.ts';
import type { ChunkedContents } from './chunked-contents.ts';
import type { ReceiptVerifier } from './receipt-verifier.ts';
import type { UsableContent } from './usable-content.ts';

/** Contents that one answer asks for. */
const MAX_WANTED = 100;

/** Contents that versions name and the store has lost: asked of those who may have them, and taken back. */
export class LostContents {
  readonly #database: Database;
  readonly #receipts: ReceiptVerifier;
  readonly #chunked: ChunkedContents;

  constructor(database: Database, receipts: ReceiptVerifier, chunked: ChunkedContents) {
    this.#database = database;
    this.#receipts = receipts;
    this.#chunked = chunked;
  }

  of(directory: number): Promise<readonly WantedContent[]> {
    return lostInDirectory(this.#database, directory, MAX_WANTED);
  }

  /** Makes lost contents live that these receipts prove to be back. Other receipts, and those that do not hold, change nothing. */
  async take(principal: Principal, receipts: readonly string[]): Promise<void> {
    const proven = new Map<ContentHash, UsableContent>();
    for (const receipt of receipts) {
      const claims = await this.#receipts.verify(receipt, principal.id);
      if (claims !== null) for (const content of claims.contents) proven.set(content.hash, { ...content, proof: claims.at });
    }
    if (proven.size === 0) return;
    const known = await this.#withParts(principal, proven);
    await this.#database.transaction('write', async (transaction) => {
      const lost = new Set(
        await lostAmong(
          transaction,
          known.map(({ hash }) => hash),
        ),
      );
      await takeContents(
        transaction,
        known.filter(({ hash }) => lost.has(hash)),
      );
    });
  }

  async #withParts(principal: Principal, proven: ReadonlyMap<ContentHash, UsableContent>): Promise<readonly UsableContent[]> {
    const chunked = [...proven.values()].filter(({ location }) => parseManifestLocation(location) !== null);
    const lost = new Set(
      await lostAmong(
        this.#database,
        chunked.map(({ hash }) => hash),
      ),
    );
    const alone = [...proven.values()].filter(({ location }) => parseManifestLocation(location) === null);
    const wanted = chunked.filter(({ hash }) => lost.has(hash));
    return [...alone, ...(await this.#chunked.withParts(principal.id, wanted, proven))];
  }
}
