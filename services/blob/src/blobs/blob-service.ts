import { createPublicKey, hash as digest, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type Chunk,
  type ContentHash,
  DomainError,
  type Frame,
  MAX_BATCH_BYTES,
  MAX_BATCH_FRAMES,
  MAX_FRAME_BYTES,
  ManifestError,
  type PublicKeysJson,
  RECEIPT_LIFETIME_MS,
  type ReceiptClaims,
  type ReceiptResponse,
  type SigningKey,
  decodeManifest,
  encodeFrameHeader,
  formatManifestLocation,
  generateSigningKeyPem,
  keyIdOf,
  publicKeyOf,
  readSigningKey,
  receiptClaimsSchema,
  signClaims,
  verifyClaims,
} from '@syncpair/contracts';
import { ChunkedBlobStore } from '../chunked/chunked-blob-store.ts';
import { proveContent } from '../chunked/prove-content.ts';
import type { ChunkCover } from '../grants/cover-chunks.ts';
import { type Granted, requireGranted } from '../grants/granted.ts';
import { type BlobRef, type BlobStore, type OpenBlob, type SmallBlob, type StoredBlob, ensureObject } from './blob-store.ts';
import type { RangeRequest } from './byte-range.ts';
import { tooLarge } from './refusals.ts';

export const DEFAULT_MAX_BLOB_BYTES = 64 * 1024 ** 3;

/** Bytes of an answer that are gathered before they are handed on. */
const ANSWER_CHUNK_BYTES = 64 * 1024;

const RECEIPT_KEY = 'receipt-signing-key';
const STORE_ID = 'store-id';

export interface BlobServiceOptions {
  readonly store: BlobStore;
  /** Bytes of the largest content that is taken. */
  readonly maxBlobBytes?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** The use cases of the blob service, without HTTP. What a caller may do is always stated by grants; a caller in the same process brings the same. */
export class BlobService {
  readonly #store: ChunkedBlobStore;
  readonly #maxBlobBytes: number;
  readonly #now: () => number;
  readonly #receiptKey: SigningKey;
  /** Names the storage, the same for all processes that use it. */
  readonly storeId: string;

  private constructor(options: BlobServiceOptions, receiptKey: SigningKey, storeId: string) {
    this.#store = new ChunkedBlobStore(options.store);
    this.#maxBlobBytes = options.maxBlobBytes ?? DEFAULT_MAX_BLOB_BYTES;
    this.#now = options.now ?? Date.now;
    this.#receiptKey = receiptKey;
    this.storeId = storeId;
  }

  /** Reads, at the first start makes, the store's identity and the key that signs receipts. */
  static async open(options: BlobServiceOptions): Promise<BlobService> {
    const key = await ensureObject(options.store, RECEIPT_KEY, generateSigningKeyPem);
    const id = await ensureObject(options.store, STORE_ID, randomUUID);
    return new BlobService(options, readSigningKey(key.toString()), id.toString());
  }

  /** Stores one content. `size` is what its sender declared. Errors as `BlobStore.put`, and `forbidden`. */
  async put(granted: Granted, hash: ContentHash, body: Readable, size?: number): Promise<ReceiptResponse> {
    requireGranted(granted, hash);
    if (size !== undefined && size > this.#maxBlobBytes) throw tooLarge(this.#maxBlobBytes);
    const stored = await this.#store.put({ hash, size, maxBytes: this.#maxBlobBytes }, body);
    return this.#receipt(granted.who, [stored]);
  }

  /** Stores a batch of small contents: all are acknowledged by one receipt, or none. */
  async putFrames(granted: Granted, frames: AsyncIterable<Frame>): Promise<ReceiptResponse> {
    return this.#receipt(granted.who, await this.#store.putMany(checkedFrames(granted, frames)));
  }

  /**
   * Puts a content together from chunks that are here: they are read once, and the whole is verified before it is acknowledged. Its location
   * names its manifest, which is stored as a content of its own.
   *
   * @param cover the chunks that the principal may use
   * @throws {DomainError} as `proveContent`, `invalid_request` for what is no manifest or for a content that travels whole, `too_large`,
   *   `forbidden` when the content is not granted or a chunk not covered
   */
  async putManifest(granted: Granted, cover: ChunkCover, hash: ContentHash, bytes: Buffer): Promise<ReceiptResponse> {
    requireGranted(granted, hash);
    const chunks = readChunks(bytes);
    const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    if (size > this.#maxBlobBytes) throw tooLarge(this.#maxBlobBytes);
    // What fits into a frame is read in frames, by readers that know no manifests.
    if (size <= MAX_FRAME_BYTES) throw new DomainError('invalid_request', `a content of at most ${MAX_FRAME_BYTES} bytes travels whole`);
    const refs = chunks.map((chunk) => requireGranted({ who: granted.who, contents: cover }, chunk.hash));
    await proveContent(this.#store, hash, chunks, refs);
    const manifest = await this.#storeManifest(bytes);
    const location = formatManifestLocation({ manifest: manifest.hash, location: manifest.location });
    return this.#receipt(granted.who, [{ hash, size, location }]);
  }

  /** What a content consists of that lies in chunks, see `ChunkedBlobStore`. */
  chunksOf(content: BlobRef): Promise<readonly Chunk[] | null> {
    return this.#store.chunksOf(content);
  }

  /** The claims of a receipt of this storage; null for any other token. @throws {DomainError} `forbidden` when it has run out */
  readReceipt(token: string): ReceiptClaims | null {
    if (keyIdOf(token) !== this.#receiptKey.id) return null;
    const verified = verifyClaims(createPublicKey(this.#receiptKey.privateKey), token);
    const claims = verified.ok ? receiptClaimsSchema.safeParse(verified.value) : null;
    if (claims?.success !== true) return null;
    if (this.#now() - claims.data.at > RECEIPT_LIFETIME_MS)
      throw new DomainError('forbidden', 'a receipt has run out; ask for read grants');
    return claims.data;
  }

  /** @throws {DomainError} `not_found`, `forbidden`, `range_not_satisfiable`. */
  async open(granted: Granted, hash: ContentHash, range?: RangeRequest): Promise<OpenBlob> {
    return (await this.#store.open(requireGranted(granted, hash), range)) ?? missing(hash);
  }

  /** @throws {DomainError} `not_found`, `forbidden`. */
  async stat(granted: Granted, hash: ContentHash): Promise<StoredBlob> {
    return (await this.#store.stat(requireGranted(granted, hash))) ?? missing(hash);
  }

  /**
   * The frames of many small contents, in the order asked. Checks that all are granted before the first byte; where the receiver verifies
   * what he gets, a damaged one may come as it is.
   */
  fetch(granted: Granted, hashes: readonly ContentHash[], verifiedBy: 'sender' | 'receiver' = 'sender'): AsyncGenerator<Uint8Array> {
    const refs = hashes.map((hash) => requireGranted(granted, hash));
    return gathered(hashes, this.#store.readMany(refs, MAX_FRAME_BYTES, verifiedBy === 'receiver' ? 'all' : 'each'));
  }

  publicKeys(): PublicKeysJson {
    return { keys: [publicKeyOf(this.#receiptKey.privateKey)] };
  }

  /** @throws when nothing can be stored now. */
  checkWritable(): Promise<void> {
    return this.#store.checkWritable();
  }

  async #storeManifest(bytes: Buffer): Promise<StoredBlob> {
    const hash = digest('sha256', bytes) as ContentHash;
    if (bytes.length > MAX_FRAME_BYTES)
      return this.#store.put({ hash, size: bytes.length, maxBytes: bytes.length }, Readable.from([bytes]));
    const [stored] = await this.#store.putMany(only({ hash, bytes }));
    return stored as StoredBlob;
  }

  #receipt(who: string, contents: readonly StoredBlob[]): ReceiptResponse {
    const claims: ReceiptClaims = {
      who,
      contents: contents.map(({ hash, size, location }) => ({ hash, size, location })),
      at: this.#now(),
    };
    return { receipt: signClaims(this.#receiptKey, claims), stored: contents.length };
  }
}

function readChunks(bytes: Buffer): Chunk[] {
  try {
    return decodeManifest(bytes);
  } catch (error) {
    if (error instanceof ManifestError) throw new DomainError('invalid_request', `the body is no manifest: ${error.message}`);
    throw error;
  }
}

async function* only(blob: SmallBlob): AsyncGenerator<SmallBlob> {
  yield blob;
}

function missing(hash: ContentHash): never {
  throw new DomainError('not_found', `the content ${hash} is not here`);
}

async function* checkedFrames(granted: Granted, frames: AsyncIterable<Frame>): AsyncGenerator<SmallBlob> {
  let [count, total] = [0, 0];
  for await (const { hash, bytes } of frames) {
    requireGranted(granted, hash);
    if (bytes === null) throw new DomainError('invalid_request', `the frame of ${hash} has no content`);
    total += bytes.length;
    if (++count > MAX_BATCH_FRAMES) throw new DomainError('too_large', `a batch holds at most ${MAX_BATCH_FRAMES} contents`);
    if (total > MAX_BATCH_BYTES) throw new DomainError('too_large', `a batch holds at most ${MAX_BATCH_BYTES} bytes`);
    yield { hash, bytes };
  }
}

async function* gathered(hashes: readonly ContentHash[], contents: AsyncIterable<Uint8Array | null>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let [index, length] = [0, 0];
  for await (const bytes of contents) {
    parts.push(encodeFrameHeader(hashes[index++] as ContentHash, bytes?.length ?? null));
    if (bytes !== null && bytes.length >= ANSWER_CHUNK_BYTES) {
      // Large enough to go on as it is; joining would copy it.
      yield Buffer.concat(parts);
      yield bytes;
      [parts, length] = [[], 0];
      continue;
    }
    if (bytes !== null) parts.push(bytes);
    length += bytes?.length ?? 0;
    if (length < ANSWER_CHUNK_BYTES && parts.length < 1_000) continue;
    yield Buffer.concat(parts);
    [parts, length] = [[], 0];
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
