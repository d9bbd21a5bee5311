import { hash } from 'node:crypto';
import { type Change, type ContentHash, DomainError, MAX_INLINE_BYTES, parseManifestLocation } from '@syncpair/contracts';
import type { Principal } from '../auth/principal.ts';
import type { ReadScope } from '../auth/access.ts';
import type { Queryable } from '../database/database.ts';
import { AskedTogether } from '../database/asked-together.ts';
import { type ContentsAsked, contentsOfDirectories, contentsOfDirectory, contentsOfScope } from '../store/content-repository.ts';
import type { ChunkedContents } from './chunked-contents.ts';
import type { ContentPins } from './content-pins.ts';
import type { ContentStore } from './content-store.ts';
import type { ReceiptVerifier } from './receipt-verifier.ts';
import type { UsableContent } from './usable-content.ts';

/** Contents that one question may name for which others wait. */
const FEW = 100;

export interface Proposal {
  readonly principal: Principal;
  readonly scope: ReadScope;
  readonly directory: number;
  readonly changes: readonly Change[];
  readonly receipts: readonly string[];
  /** Base64, by hash. */
  readonly contents: Readonly<Record<string, string>>;
}

export interface Available {
  readonly contents: ReadonlyMap<ContentHash, UsableContent>;
  /** The bytes of those that came inside the request. */
  readonly inline: ReadonlyMap<ContentHash, Uint8Array>;
}

export interface AvailableParts {
  readonly store: ContentStore;
  readonly receipts: ReceiptVerifier;
  readonly pins: ContentPins;
  readonly chunked: ChunkedContents;
}

/**
 * Which contents a proposal may name: those with a receipt, those that came along, and those of a version that the principal may read.
 * There is no fourth way; knowing a hash is not enough.
 */
export class AvailableContents {
  readonly #db: Queryable;
  readonly #store: ContentStore;
  readonly #receipts: ReceiptVerifier;
  readonly #pins: ContentPins;
  readonly #chunked: ChunkedContents;
  readonly #warn: (message: string) => void;
  readonly #ofDirectories: AskedTogether<ContentsAsked, UsableContent[]>;

  constructor(db: Queryable, { store, receipts, pins, chunked }: AvailableParts, warn: (message: string) => void) {
    this.#db = db;
    this.#store = store;
    this.#receipts = receipts;
    this.#pins = pins;
    this.#chunked = chunked;
    this.#warn = warn;
    this.#ofDirectories = new AskedTogether((asked) => contentsOfDirectories(db, asked));
  }

  /** @throws {DomainError} `hash_mismatch` or `too_large` for contents inside the request. */
  async of(proposal: Proposal): Promise<Available> {
    const inline = readInline(proposal.contents);
    const contents = new Map<ContentHash, UsableContent>();
    for (const receipt of proposal.receipts) {
      const claims = await this.#receipts.verify(receipt, proposal.principal.id);
      if (claims !== null) for (const content of claims.contents) contents.set(content.hash, { ...content, proof: claims.at });
    }
    await this.#resolveParts(proposal, contents);
    const lacking = (): ContentHash[] => [...named(proposal.changes)].filter((contentHash) => !contents.has(contentHash));
    for (const content of await this.#ofDirectory(proposal.directory, lacking())) contents.set(content.hash, content);
    await this.#putInline(proposal.principal, inline, lacking(), contents);
    for (const content of await contentsOfScope(this.#db, proposal.scope, lacking())) contents.set(content.hash, content);
    return { contents, inline };
  }

  /** Contents that were put together are named with all that they consist of; one whose manifest cannot be read is not there. */
  async #resolveParts({ principal, changes }: Proposal, contents: Map<ContentHash, UsableContent>): Promise<void> {
    const wanted = named(changes);
    const chunked = [...contents.values()].filter(({ location }) => parseManifestLocation(location) !== null);
    for (const content of chunked) {
      contents.delete(content.hash);
      if (!wanted.has(content.hash)) continue;
      const [known] = await this.#chunked.withParts(principal.id, [content], contents);
      if (known !== undefined) contents.set(known.hash, known);
    }
  }

  /** Those of the contents that the principal has to upload before a version in the directory can have them. */
  async lacking<Content extends { readonly hash: ContentHash }>(
    { directory, scope }: Pick<Proposal, 'directory' | 'scope'>,
    contents: readonly Content[],
  ): Promise<Content[]> {
    const missing = new Map(contents.map((content) => [content.hash, content]));
    for (const { hash: known } of await this.#ofDirectory(directory, [...missing.keys()])) missing.delete(known);
    for (const { hash: known } of await contentsOfScope(this.#db, scope, [...missing.keys()])) missing.delete(known);
    return [...missing.values()];
  }

  /** Those of the contents that some version in the directory has. Small questions go together; nobody waits for the answer to a large one. */
  async #ofDirectory(directory: number, hashes: readonly ContentHash[]): Promise<readonly UsableContent[]> {
    if (hashes.length === 0) return [];
    return hashes.length > FEW ? contentsOfDirectory(this.#db, directory, hashes) : this.#ofDirectories.ask({ directory, hashes });
  }

  async #putInline(
    principal: Principal,
    inline: Available['inline'],
    lacking: readonly ContentHash[],
    contents: Map<ContentHash, UsableContent>,
  ): Promise<void> {
    const wanted = lacking.flatMap((contentHash) => {
      const bytes = inline.get(contentHash);
      return bytes === undefined ? [] : [{ hash: contentHash, bytes }];
    });
    if (wanted.length === 0) return;
    try {
      await this.#pins.pin(wanted.map(({ hash: contentHash, bytes }) => ({ hash: contentHash, size: bytes.length })));
      for (const content of await this.#store.putMany(principal.id, wanted)) contents.set(content.hash, { ...content, proof: 'put' });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // The changes that need no content go on; for these the answer is `needs_content`, and the upload meets the cause.
      this.#warn(`${wanted.length} contents of a request could not be stored: ${error.message}`);
    }
  }
}

function named(changes: readonly Change[]): Set<ContentHash> {
  const hashes = new Set<ContentHash>();
  for (const change of changes) if (change.op === 'put' && change.entry.kind === 'file') hashes.add(change.entry.hash);
  return hashes;
}

function readInline(contents: Proposal['contents']): Map<ContentHash, Uint8Array> {
  const inline = new Map<ContentHash, Uint8Array>();
  let total = 0;
  for (const [contentHash, text] of Object.entries(contents)) {
    const bytes = Buffer.from(text, 'base64');
    total += bytes.length;
    if (total > MAX_INLINE_BYTES) throw new DomainError('too_large', `contents: more than ${MAX_INLINE_BYTES} bytes in one request`);
    if (hash('sha256', bytes) !== contentHash)
      throw new DomainError('hash_mismatch', `contents.${contentHash}: the bytes have another SHA-256`);
    inline.set(contentHash as ContentHash, bytes);
  }
  return inline;
}
