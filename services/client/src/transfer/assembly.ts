import { hash as digest } from 'node:crypto';
import { type Chunk, type ContentHash, type Frame, freeBytes } from '@syncpair/contracts';
import { type AssemblyStep, type PlacedChunk, planAssembly } from '@syncpair/sync-core';
import type { StagedFile } from '../disk/disk.ts';
import type { ChunkSource } from './chunk-sources.ts';
import { ContentError } from './content-error.ts';
import type { TransferParts } from './transfer-parts.ts';

/** Chunks planned at once: the server is asked in one request for those of them that it has to send. */
const WINDOW = 1_000;
/** Bytes read at once from a file here. */
const MOST_BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Puts a content together in the staging area, chunk by chunk in their order: from what is there of it, from files here, and from the server. */
export class Assembly {
  readonly #parts: TransferParts;
  readonly #staged: StagedFile;
  /** Gets every byte in its order. */
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #there = new Map<ContentHash, PlacedChunk>();
  #end = 0;
  #fetched = 0;

  constructor(parts: TransferParts, staged: StagedFile, onBytes: (bytes: Uint8Array) => void) {
    this.#parts = parts;
    this.#staged = staged;
    this.#onBytes = onBytes;
  }

  /** Chunks that came from the server. */
  get fetched(): number {
    return this.#fetched;
  }

  /**
   * Keeps what an interrupted download left, as far as it is the beginning of the content.
   *
   * @returns the chunks that are still missing
   */
  async takeUp(chunks: readonly Chunk[]): Promise<readonly Chunk[]> {
    let kept = 0;
    for (const chunk of chunks) {
      if (this.#end + chunk.size > this.#staged.size) break;
      const bytes = await this.#staged.read({ start: this.#end, size: chunk.size });
      if (!isChunk(bytes, chunk)) break;
      this.#added(chunk, bytes);
      kept += 1;
    }
    await this.#staged.cutTo(this.#end);
    return chunks.slice(kept);
  }

  /**
   * Adds chunks. A file here that is not what it was is not asked again; what it was to give comes from the server.
   *
   * @throws {ContentError} when neither has a chunk
   */
  async add(chunks: readonly Chunk[], sources: readonly ChunkSource[]): Promise<void> {
    let usable = sources;
    for (let done = 0; done < chunks.length;) {
      const { added, broken } = await this.#addWindow(chunks.slice(done, done + WINDOW), usable);
      done += added;
      if (broken !== null) usable = usable.filter((source) => source !== broken);
    }
  }

  async #addWindow(
    chunks: readonly Chunk[],
    sources: readonly ChunkSource[],
  ): Promise<{ readonly added: number; readonly broken: ChunkSource | null }> {
    const place = { end: this.#end, there: this.#there, files: sources.map((source) => source.chunks), mostBytes: MOST_BYTES_AT_ONCE };
    const steps = planAssembly(chunks, place);
    const frames = this.#fetch(steps);
    let added = 0;
    try {
      for (const step of steps) {
        if (step.from === 'file') {
          const source = sources[step.file] as ChunkSource;
          const copied = await this.#copy(source, step.chunks);
          added += copied;
          if (copied < step.chunks.length) return { added, broken: source };
        } else {
          await (step.from === 'itself'
            ? this.#appendOwn(step.chunk, await this.#staged.read(step.chunk))
            : this.#append(step.chunk, await this.#next(frames)));
          added += 1;
        }
      }
    } finally {
      await frames.return?.();
    }
    return { added, broken: null };
  }

  /** What the steps ask the server for, begun with the first of it that is taken. */
  #fetch(steps: readonly AssemblyStep[]): AsyncIterator<Frame> {
    const hashes = steps.flatMap((step) => (step.from === 'server' ? [step.chunk.hash] : []));
    return this.#parts.server.downloadInOrder(hashes)[Symbol.asyncIterator]();
  }

  async #next(frames: AsyncIterator<Frame>): Promise<Uint8Array> {
    const next = await frames.next();
    if (next.done === true || next.value.bytes === null) throw new ContentError('the server does not have a part of the content', false);
    this.#fetched += 1;
    return next.value.bytes;
  }

  /** @returns how many chunks the file still had */
  async #copy({ file }: ChunkSource, chunks: readonly PlacedChunk[]): Promise<number> {
    const read = await this.#parts.disk.readParts(file, chunks);
    if (!Array.isArray(read)) return 0;
    let copied = 0;
    for (const chunk of chunks) {
      const bytes = read[copied] as Uint8Array;
      if (!isChunk(bytes, chunk)) break;
      await this.#appendOwn(chunk, bytes);
      copied += 1;
    }
    return copied;
  }

  async #append(chunk: Chunk, bytes: Uint8Array): Promise<void> {
    const written = this.#staged.write(bytes);
    // Hashed while it is written.
    this.#added(chunk, bytes);
    await written;
  }

  /** Appends what was read here, and gives its memory back. */
  async #appendOwn(chunk: Chunk, bytes: Uint8Array): Promise<void> {
    await this.#append(chunk, bytes);
    freeBytes(bytes);
  }

  #added(chunk: Chunk, bytes: Uint8Array): void {
    if (!this.#there.has(chunk.hash)) this.#there.set(chunk.hash, { ...chunk, start: this.#end });
    this.#end += bytes.length;
    this.#onBytes(bytes);
  }
}

const isChunk = (bytes: Uint8Array, { hash }: Chunk): boolean => digest('sha256', bytes) === hash;
