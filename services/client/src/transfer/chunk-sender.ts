import { type ContentHash, MAX_CHUNKS_PER_REQUEST, freeBytes } from '@syncpair/contracts';
import { type PlacedChunk, paceUploads, takeChunks } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import type { ChunkProofs } from './chunk-proofs.ts';
import { InFlight } from './in-flight.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Chunks that the server is asked about at once: few while it needs them, since each request that sends some carries the grant for all. */
const WINDOW = 64;
/** Requests with chunks under way at once: while one is made durable, the next one travels. */
const MOST_UNDER_WAY = 2;

/** What became of chunks: the file may not be what it was, or the server know no chunks. */
export type Sent = 'sent' | 'changed' | 'not_taken';

/** What the server answered about some chunks. */
interface AskedWindow {
  /** How many chunks it was asked about up to here, and in this question. */
  readonly end: number;
  readonly size: number;
  readonly missing: readonly PlacedChunk[];
  readonly grantOf: ReadonlyMap<ContentHash, string>;
}

/**
 * Brings chunks of a file to the server that it lacks, and keeps the proofs for all. What is sent is claimed for the directory at once, so that
 * whoever goes on after a cut is not asked for it again.
 */
export class ChunkSender {
  readonly #parts: TransferParts;
  readonly #file: ExpectedFile;
  readonly #proofs: ChunkProofs;
  readonly #flights = new InFlight();
  #isShowing = false;

  constructor(parts: TransferParts, file: ExpectedFile, proofs: ChunkProofs) {
    this.#parts = parts;
    this.#file = file;
    this.#proofs = proofs;
  }

  /**
   * Asks the server about chunks, and sends those that it needs. While some are sent, it is asked about the next ones. The last requests may be
   * under way still. Nothing more is begun once `isOver` is true.
   *
   * @throws {ServerError}
   */
  async send(chunks: readonly PlacedChunk[], isOver = (): boolean => false): Promise<Sent> {
    let next: Promise<AskedWindow | null> | null = this.#ask(chunks, 0, WINDOW);
    while (next !== null) {
      const asked: AskedWindow | null = await next;
      if (asked === null) return 'not_taken';
      const { end, missing, size }: AskedWindow = asked;
      const goesOn: boolean = end < chunks.length && !isOver();
      next = goesOn ? this.#ask(chunks, end, missing.length > 0 ? WINDOW : Math.min(4 * size, MAX_CHUNKS_PER_REQUEST)) : null;
      // What is sent may fail before anybody waits for it.
      next?.catch(() => undefined);
      for (let sent = 0; sent < missing.length && !isOver();) {
        const batch = takeChunks(missing, sent, this.#parts.uploads.pace.bytes);
        sent += batch.length;
        if (!(await this.#sendBatch(batch, asked.grantOf))) return 'changed';
      }
    }
    return 'sent';
  }

  /** Waits for what is under way. @throws {ServerError} */
  arrived(): Promise<void> {
    return this.#flights.below(1);
  }

  /** Waits until nothing is under way, however that ends. */
  ended(): Promise<void> {
    return this.#flights.ended();
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
    const read = await disk.readParts(this.#file, batch);
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
