import type { WantedContent } from '@syncpair/contracts';
import type { Principal } from '../auth/principal.ts';
import type { Database } from '../database/database.ts';
import { takeContents } from '../store/content-repository.ts';
import { lostAmong, lostInDirectory } from '../store/lost-repository.ts';
import type { ReceiptVerifier } from './receipt-verifier.ts';
import type { UsableContent } from './usable-content.ts';

/** Contents that one answer asks for. */
const MAX_WANTED = 100;

/** Contents that versions name and the store has lost: asked of those who may have them, and taken back. */
export class LostContents {
  readonly #database: Database;
  readonly #receipts: ReceiptVerifier;

  constructor(database: Database, receipts: ReceiptVerifier) {
    this.#database = database;
    this.#receipts = receipts;
  }

  of(directory: number): Promise<readonly WantedContent[]> {
    return lostInDirectory(this.#database, directory, MAX_WANTED);
  }

  /** Makes lost contents live that these receipts prove to be back. Other receipts, and those that do not hold, change nothing. */
  async take(principal: Principal, receipts: readonly string[]): Promise<void> {
    const proven = new Map<string, UsableContent>();
    for (const receipt of receipts) {
      const claims = await this.#receipts.verify(receipt, principal.id);
      if (claims !== null) for (const content of claims.contents) proven.set(content.hash, { ...content, proof: claims.at });
    }
    if (proven.size === 0) return;
    await this.#database.transaction('write', async (transaction) => {
      const lost = new Set(
        await lostAmong(
          transaction,
          [...proven.values()].map(({ hash }) => hash),
        ),
      );
      await takeContents(
        transaction,
        [...proven.values()].filter(({ hash }) => lost.has(hash)),
      );
    });
  }
}
