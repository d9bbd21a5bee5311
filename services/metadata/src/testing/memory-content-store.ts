import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ContentHash,
  DomainError,
  type PublicKeyJson,
  type SigningKey,
  decodeManifest,
  generateSigningKeyPem,
  parseManifestLocation,
  publicKeyOf,
  readSigningKey,
  signClaims,
} from '@syncpair/contracts';
import type { ByteRange, ContentAddress, ContentStore, StoredContent } from '../content/content-store.ts';

/** A content store that holds everything in memory and signs receipts as the blob service does. */
export class MemoryContentStore implements ContentStore {
  readonly contents = new Map<ContentHash, Uint8Array>();
  /** When set, every call fails with it. */
  failure: DomainError | null = null;
  readonly #key: SigningKey = readSigningKey(generateSigningKeyPem());

  async put(_who: string, contentHash: ContentHash, body: Readable): Promise<StoredContent> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of body) chunks.push(chunk as Uint8Array);
    } catch (error) {
      throw new DomainError('unavailable', `the content broke off: ${(error as Error).message}`);
    }
    this.#check();
    return this.#keep(contentHash, Buffer.concat(chunks));
  }

  putMany(
    _who: string,
    contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[],
  ): Promise<readonly StoredContent[]> {
    return this.#answer(() => {
      for (const { hash: contentHash, bytes } of contents) this.#verify(contentHash, bytes);
      return contents.map(({ hash: contentHash, bytes }) => this.#keep(contentHash, bytes));
    });
  }

  open(_who: string, content: ContentAddress, range?: ByteRange): Promise<Readable> {
    return this.#answer(() => {
      const bytes = this.contents.get(content.hash) ?? this.#composed(content.location);
      if (bytes === undefined) throw new DomainError('not_found', 'no such content');
      return Readable.from([range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)]);
    });
  }

  readMany(_who: string, contents: readonly ContentAddress[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
    return this.#answer(() => {
      const found = new Map<ContentHash, Uint8Array>();
      for (const { hash: contentHash } of contents) {
        const bytes = this.contents.get(contentHash);
        if (bytes !== undefined && bytes.length <= 1024 * 1024) found.set(contentHash, bytes);
      }
      return found;
    });
  }

  find(_who: string, contents: readonly ContentAddress[]): Promise<readonly StoredContent[]> {
    return this.#answer(() =>
      contents.flatMap(({ hash: contentHash, location }) => {
        const alone = this.contents.get(contentHash);
        const bytes = alone ?? this.#composed(location);
        const found = alone === undefined ? location : `memory/${contentHash}`;
        return bytes === undefined ? [] : [{ hash: contentHash, size: bytes.length, location: found }];
      }),
    );
  }

  receiptKeys(): Promise<readonly PublicKeyJson[]> {
    return this.#answer(() => [publicKeyOf(this.#key.privateKey)]);
  }

  health(): Promise<void> {
    return this.#answer(() => undefined);
  }

  /** A receipt as an upload by `who` at `at` (milliseconds since 1970) would have got it. */
  receipt(who: string, contents: readonly Uint8Array[], at: number): string {
    const stored = contents.map((bytes) => this.#keep(hash('sha256', bytes) as ContentHash, bytes));
    return signClaims(this.#key, { who, contents: stored, at });
  }

  /** The bytes of a content that lies in chunks which are all here. */
  #composed(location: string): Uint8Array | undefined {
    const at = parseManifestLocation(location);
    const manifest = at === null ? undefined : this.contents.get(at.manifest);
    if (manifest === undefined) return undefined;
    const parts = decodeManifest(manifest).map((chunk) => this.contents.get(chunk.hash));
    return parts.includes(undefined) ? undefined : Buffer.concat(parts as Uint8Array[]);
  }

  #keep(contentHash: ContentHash, bytes: Uint8Array): StoredContent {
    this.#verify(contentHash, bytes);
    this.contents.set(contentHash, bytes);
    return { hash: contentHash, size: bytes.length, location: `memory/${contentHash}` };
  }

  #verify(contentHash: ContentHash, bytes: Uint8Array): void {
    if (hash('sha256', bytes) !== contentHash) throw new DomainError('hash_mismatch', 'the bytes have another SHA-256');
  }

  async #answer<T>(make: () => T): Promise<T> {
    this.#check();
    return make();
  }

  #check(): void {
    if (this.failure !== null) throw this.failure;
  }
}
