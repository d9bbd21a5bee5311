import { type ContentHash, type WantedContent, parseManifestLocation } from '@syncpair/contracts';
import type { Principal } from '../auth/principal.ts';
import type { Database } from '../database/database.ts';
import { takeContents } from '../store/content-repository.ts';
import { lostAmong, lostInDirectory } from '../store/lost-repository.ts';
import type { ChunkedContents } from './chunked-contents.ts';
import { ContentsGone } from './contents-gone.ts';
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
    for (let rest = await this.#withParts(principal, proven); rest.length > 0;) {
      const gone = await this.#takeAll(rest);
      if (gone.size === 0) return;
      rest = rest.filter((content) => ![content, ...(content.parts ?? [])].some(({ hash }) => gone.has(hash)));
    }
  }

  /** Makes those live that are lost; nothing is done when some, or parts of them, are not there after all: these are told. */
  async #takeAll(contents: readonly UsableContent[]): Promise<ReadonlySet<ContentHash>> {
    try {
      await this.#database.transaction('write', async (transaction) => {
        const lost = new Set(
          await lostAmong(
            transaction,
            contents.map(({ hash }) => hash),
          ),
        );
        const gone = await takeContents(
          transaction,
          contents.filter(({ hash }) => lost.has(hash)),
        );
        if (gone.length > 0) throw new ContentsGone(gone);
      });
      return new Set();
    } catch (error) {
      if (error instanceof ContentsGone) return new Set(error.hashes);
      throw error;
    }
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
