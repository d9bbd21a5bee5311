import {
  CLAIM_LIFETIME_MS,
  type ChunksRequest,
  type ChunksResponseJson,
  type ContentHash,
  type DirectoryRef,
  DomainError,
  MAX_CHUNK_BYTES,
  directoryKey,
} from '@syncpair/contracts';
import { scopeOf } from '../auth/access.ts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import type { Principal } from '../auth/principal.ts';
import type { ContentPins } from '../content/content-pins.ts';
import type { ReceiptVerifier } from '../content/receipt-verifier.ts';
import { type GrantedContent, signGrants } from '../content/sign-grants.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Database } from '../database/database.ts';
import { claimChunks, usableChunks } from '../store/chunk-repository.ts';
import { takeContents } from '../store/content-repository.ts';
import { findDirectory } from '../store/directory-repository.ts';
import { pinContents } from '../store/pin-repository.ts';

export interface ChunksParts {
  readonly receipts: ReceiptVerifier;
  readonly pins: ContentPins;
  readonly signer: GrantSigner;
}

/** `POST /api/v1/chunks`: which chunks of a content have to be uploaded, and leave to make it of the others. */
export class ChunksService {
  readonly #database: Database;
  readonly #parts: ChunksParts;
  readonly #clock: () => number;

  constructor(database: Database, parts: ChunksParts, clock: () => number) {
    this.#database = database;
    this.#parts = parts;
    this.#clock = clock;
  }

  /** @throws {DomainError} `not_found` when there is no such directory, as `ContentPins.pin` */
  async ask(principal: Principal, ref: DirectoryRef, { receipts, hashes }: ChunksRequest): Promise<ChunksResponseJson> {
    const directory = await findDirectory(this.#database, directoryKey(ref));
    if (directory === null) throw new DomainError('not_found', `there is no directory "${ref.name}"; negotiate first`);
    await this.#claim(principal, directory.id, receipts);
    const asked = [...new Set(hashes)];
    // Pinned before anybody looks, so that what is told to be here stays until it is used.
    await this.#parts.pins.pin(asked.map((hash) => ({ hash, size: MAX_CHUNK_BYTES })));
    const usable = await usableChunks(this.#database, directory.id, scopeOf(ref), asked);
    const there = new Set(usable.map(({ hash }) => hash));
    const needed = asked.filter((hash) => !there.has(hash));
    const sign = (use: 'read' | 'write', contents: readonly GrantedContent[]) =>
      signGrants(this.#parts.signer, use, principal.id, contents, this.#clock());
    return {
      needed,
      grants: sign('write', needed.map(together)),
      readable: sign(
        'read',
        usable.map(({ hash, location }) => ({ ...together(hash), location })),
      ),
    };
  }

  /** Keeps what receipts prove, for the next requests of this upload, however long it takes. */
  async #claim(principal: Principal, directory: number, receipts: readonly string[]): Promise<void> {
    const proven = new Map<ContentHash, UsableContent>();
    for (const receipt of receipts) {
      const claims = await this.#parts.receipts.verify(receipt, principal.id);
      for (const content of claims?.contents ?? [])
        if (content.size <= MAX_CHUNK_BYTES) proven.set(content.hash, { ...content, proof: claims?.at ?? 0 });
    }
    if (proven.size === 0) return;
    await this.#database.transaction('write', async (transaction) => {
      // What has been removed since its receipt is needed again.
      const gone = new Set(await takeContents(transaction, [...proven.values()]));
      const kept = [...proven.values()].filter(({ hash }) => !gone.has(hash));
      await pinContents(
        transaction,
        kept.map(({ hash, size }) => ({ hash, size, forMs: CLAIM_LIFETIME_MS })),
      );
      await claimChunks(
        transaction,
        directory,
        kept.map(({ hash }) => hash),
        CLAIM_LIFETIME_MS,
      );
    });
  }
}

/** Chunks travel in frames, many to a grant, whatever their size. */
const together = (hash: ContentHash): GrantedContent => ({ hash, size: 0 });
