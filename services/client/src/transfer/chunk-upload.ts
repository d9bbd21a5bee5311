import {
  type Chunk,
  type ContentHash,
  MAX_CHUNKS_PER_REQUEST,
  MAX_MANIFEST_PREAMBLE_BYTES,
  encodeManifest,
  freeBytes,
} from '@syncpair/contracts';
import { type PlacedChunk, paceUploads, placeChunks, takeChunks } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import { ServerError } from '../server/server-error.ts';
import type { ChunkProofs } from './chunk-proofs.ts';
import { type GivenGrant, freshGrant } from './fresh-grant.ts';
import { InFlight } from './in-flight.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Chunks that the server is asked about at once: few while it needs them, since each request that sends some carries the grant for all. */
const WINDOW = 64;
/** Requests with chunks under way at once: while one is made durable, the next one travels. */
const MOST_UNDER_WAY = 2;

/** The grant is one to write the whole. */
export interface ChunkedUpload extends GivenGrant {
  readonly file: ExpectedFile;
  readonly chunks: readonly Chunk[];
  /** A content that the server has, and of which this one may have kept chunks. */
  readonly kept: { readonly hash: ContentHash; readonly chunks: readonly Chunk[] } | null;
}

export type ChunkedUploadEnd =
  /** The server has it now. Without a receipt: it has got it from somebody else, in a version that may be read here. */
  | { readonly status: 'there'; readonly receipt: string | null }
  /** The file is not what it was any more. */
  | { readonly status: 'changed' }
  /** Not by chunks: it has to be sent as one. */
  | { readonly status: 'not_taken' };

/** What the server answered about some chunks. */
interface AskedWindow {
  /** How many chunks it was asked about up to here, and in this question. */
  readonly end: number;
  readonly size: number;
  readonly missing: readonly PlacedChunk[];
  readonly grantOf: ReadonlyMap<ContentHash, string>;
}

/** How far the proofs for chunks have come. */
type Covering = 'covered' | 'changed' | 'not_taken';

/**
 * Uploads a content by those of its chunks that the server lacks. What is sent is claimed for the directory at once, so that whoever goes on
 * after a cut is not asked for it again.
 */
export class ChunkUpload {
  readonly #parts: TransferParts;
  readonly #upload: ChunkedUpload;
  readonly #proofs: ChunkProofs;
  readonly #flights = new InFlight();
  #isShowing = false;

  constructor(parts: TransferParts, upload: ChunkedUpload) {
    this.#parts = parts;
    this.#upload = upload;
    this.#proofs = parts.uploads.of(upload.hash);
  }

  /** @throws {ServerError} */
  async run(): Promise<ChunkedUploadEnd> {
    const { hash, chunks, kept } = this.#upload;
    const all = [...placeChunks(chunks).values()];
    try {
      let end: ChunkedUploadEnd | 'uncovered' = kept === null ? 'uncovered' : await this.#sendBeside(kept, all);
      if (end === 'uncovered') end = await this.#send(all, null);
      this.#parts.uploads.ended(hash);
      return end === 'uncovered' ? { status: 'not_taken' } : end;
    } catch (error) {
      // Written through a mapping, which leaves its stamp as it is: what was read is not what had been hashed.
      if (!(error instanceof ServerError) || error.code !== 'hash_mismatch') throw error;
      this.#parts.uploads.ended(hash);
      return { status: 'changed' };
    } finally {
      await this.#flights.ended();
    }
  }

  /** Sends what the server does not have by a content of which this one keeps something. */
  async #sendBeside(kept: NonNullable<ChunkedUpload['kept']>, all: readonly PlacedChunk[]): Promise<ChunkedUploadEnd | 'uncovered'> {
    const keeps = placeChunks(kept.chunks);
    const fresh = all.filter(({ hash }) => !keeps.has(hash));
    return fresh.length < all.length ? this.#send(fresh, kept.hash) : 'uncovered';
  }

  /** Sends what is needed of `chunks`, and puts the whole together from them and from chunks of the content `kept`. */
  async #send(chunks: readonly PlacedChunk[], kept: ContentHash | null): Promise<ChunkedUploadEnd | 'uncovered'> {
    for (let open = this.#uncovered(chunks), next; open.length > 0; open = next) {
      const covering = await this.#cover(open);
      if (covering !== 'covered') return { status: covering };
      // What was proved long ago has to be proved again; never all of it.
      next = this.#uncovered(chunks);
      if (next.length >= open.length) return { status: 'not_taken' };
    }
    const tokens = this.#proofs.tokens(this.#now());
    if (kept !== null) {
      const [granted] = await this.#parts.server.readGrants([kept]);
      if (granted === undefined) return 'uncovered';
      tokens.push(granted.grant);
    }
    if (tokens.reduce((bytes, token) => bytes + token.length + 1, 0) > MAX_MANIFEST_PREAMBLE_BYTES) return { status: 'not_taken' };
    return this.#assemble(tokens);
  }

  async #assemble(tokens: readonly string[]): Promise<ChunkedUploadEnd | 'uncovered'> {
    const { hash, chunks } = this.#upload;
    const grant = await freshGrant(this.#parts, this.#upload);
    if (grant === null) return { status: 'there', receipt: null };
    try {
      return { status: 'there', receipt: await this.#parts.server.putManifest(grant, { hash, manifest: encodeManifest(chunks) }, tokens) };
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code === 'forbidden') return 'uncovered';
      // A chunk that got lost meanwhile, or a server that knows no manifests.
      if (error.code === 'not_found') return { status: 'not_taken' };
      throw error;
    }
  }

  #uncovered(chunks: readonly PlacedChunk[]): PlacedChunk[] {
    const covered = this.#proofs.covered(this.#now());
    return chunks.filter(({ hash }) => !covered.has(hash));
  }

  /** Asks the server about chunks, and sends those that it needs. While some are sent, it is asked about the next ones. */
  async #cover(chunks: readonly PlacedChunk[]): Promise<Covering> {
    let next: Promise<AskedWindow | null> | null = this.#ask(chunks, 0, WINDOW);
    while (next !== null) {
      const asked: AskedWindow | null = await next;
      if (asked === null) return 'not_taken';
      const { end, missing, size }: AskedWindow = asked;
      next = end < chunks.length ? this.#ask(chunks, end, missing.length > 0 ? WINDOW : Math.min(4 * size, MAX_CHUNKS_PER_REQUEST)) : null;
      // What is sent may fail before anybody waits for it.
      next?.catch(() => undefined);
      for (let sent = 0; sent < missing.length;) {
        const batch = takeChunks(missing, sent, this.#parts.uploads.pace.bytes);
        sent += batch.length;
        if (!(await this.#sendBatch(batch, asked.grantOf))) return 'changed';
      }
    }
    await this.#flights.below(1);
    return 'covered';
  }

  /** Null when the server knows no chunks. */
  async #ask(chunks: readonly PlacedChunk[], at: number, size: number): Promise<AskedWindow | null> {
    const window = chunks.slice(at, at + size);
    const answer = await this.#parts.server.askChunks(
      window.map(({ hash }) => hash),
      this.#proofs.takeUnshown(),
    );
    if (answer === null) return null;
    for (const { grant, hashes } of answer.readable) this.#proofs.add(grant, hashes, this.#now());
    const needed = new Set(answer.needed);
    return {
      end: at + size,
      size,
      missing: window.filter(({ hash }) => needed.has(hash)),
      grantOf: new Map(answer.grants.flatMap(({ grant, hashes }) => hashes.map((hash) => [hash, grant] as const))),
    };
  }

  /** False when the file is not what it was. */
  async #sendBatch(batch: readonly PlacedChunk[], grantOf: ReadonlyMap<ContentHash, string>): Promise<boolean> {
    const { disk, server, uploads } = this.#parts;
    const read = await disk.readParts(this.#upload.file, batch);
    if (!Array.isArray(read)) return false;
    await this.#flights.below(MOST_UNDER_WAY + (this.#isShowing ? 1 : 0));
    const contents = batch.map(({ hash }, index) => ({ hash, bytes: read[index] as Uint8Array }));
    const grants = new Set(batch.flatMap(({ hash }) => grantOf.get(hash) ?? []));
    const limit = uploads.pace.bytes;
    const bytes = batch.reduce((sum, { size }) => sum + size, 0);
    this.#flights.start(async () => {
      const begun = this.#now();
      const receipt = await server.uploadMany([...grants], contents).catch((error: unknown) => {
        uploads.pace = paceUploads(uploads.pace, limit, 'cut');
        throw error;
      });
      uploads.pace = paceUploads(uploads.pace, limit, { bytes, took: this.#now() - begun });
      for (const content of contents) freeBytes(content.bytes);
      const hashes = batch.map(({ hash }) => hash);
      this.#proofs.addReceipt(receipt, hashes, this.#now());
      this.#showReceipts();
    });
    return true;
  }

  /** Claims for the directory what has been sent, beside what is sent next. */
  #showReceipts(): void {
    if (this.#isShowing) return;
    this.#isShowing = true;
    this.#flights.start(async () => {
      while (this.#proofs.hasUnshown) await this.#parts.server.askChunks([], this.#proofs.takeUnshown());
      this.#isShowing = false;
    });
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }
}
