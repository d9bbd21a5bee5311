import { type Hash, createHash } from 'node:crypto';
import { type Chunk, type ContentHash, CutFinder, chunkSizesOf } from '@syncpair/contracts';
import { eachPart } from './read-expected.ts';

/** Bytes read in one step: short enough, some 12 ms, that nothing else waits for long, and as much as one request sends. */
const STEP_BYTES = 4 * 1024 * 1024;
/** Readings that are remembered; what was begun before them was given up. */
const MOST_READINGS = 16;

/** The next step of a reading. */
export interface ReadingStep {
  /** Names the reading. */
  readonly reading: number;
  /** The byte at which it goes on; 0 begins it. */
  readonly start: number;
}

/** What one step has read. */
export interface StepRead {
  /** The chunks that ended in it. */
  readonly chunks: readonly Chunk[];
  /** The byte at which the next step begins. */
  readonly end: number;
  /** The SHA-256 of the whole, once it has been read. */
  readonly hash: ContentHash | null;
}

/** Files that are read to know their SHA-256 and their chunks, step by step, so that the thread that reads them answers others in between. */
export class ChunkReadings {
  readonly #readings = new Map<number, ChunkReading>();

  /** Reads on in an open file of `size` bytes; `changed` where the file ends early, or the reading is not known any more. */
  step(descriptor: number, size: number, { reading, start }: ReadingStep): StepRead | 'changed' {
    if (start === 0) this.#begin(reading, size);
    const known = this.#readings.get(reading);
    const read = known === undefined ? 'changed' : known.step(descriptor, start);
    if (read === 'changed' || read.hash !== null) this.#readings.delete(reading);
    return read;
  }

  #begin(reading: number, size: number): void {
    this.#readings.set(reading, new ChunkReading(size));
    for (const oldest of this.#readings.keys()) if (this.#readings.size > MOST_READINGS) this.#readings.delete(oldest);
  }
}

/** Hashes a content and its chunks as its bytes come by; none of them is kept. */
class ChunkReading {
  readonly #size: number;
  readonly #finder: CutFinder;
  readonly #whole = createHash('sha256');
  #digest: Hash = createHash('sha256');
  #length = 0;
  #at = 0;

  constructor(size: number) {
    this.#size = size;
    this.#finder = new CutFinder(chunkSizesOf(size));
  }

  step(descriptor: number, start: number): StepRead | 'changed' {
    if (start !== this.#at) return 'changed';
    const end = Math.min(start + STEP_BYTES, this.#size);
    const chunks: Chunk[] = [];
    if (!eachPart(descriptor, end, (part) => this.#take(part, chunks), { start })) return 'changed';
    this.#at = end;
    if (end < this.#size) return { chunks, end, hash: null };
    if (this.#length > 0) chunks.push(this.#close());
    return { chunks, end, hash: this.#whole.digest('hex') as ContentHash };
  }

  #take(part: Uint8Array, chunks: Chunk[]): void {
    this.#whole.update(part);
    for (let at = 0; at < part.length;) {
      const cut = this.#finder.find(part, at, part.length);
      const end = cut === -1 ? part.length : cut;
      this.#digest.update(part.subarray(at, end));
      this.#length += end - at;
      if (cut !== -1) chunks.push(this.#close());
      at = end;
    }
  }

  #close(): Chunk {
    const chunk = { hash: this.#digest.digest('hex') as ContentHash, size: this.#length };
    this.#digest = createHash('sha256');
    this.#length = 0;
    return chunk;
  }
}
