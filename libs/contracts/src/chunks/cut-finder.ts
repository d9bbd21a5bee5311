import type { ChunkSizes } from './chunk-sizes.ts';
import { GEAR_TABLE } from './gear-table.ts';

/** Bits by which a cut is rarer before the average, and more likely after it: normalised chunking of level 2. */
const NORMALISATION = 2;

/**
 * Finds where a content is cut, from bytes as they arrive: FastCDC (Xia et al., 2016) with a hash of 32 bits. A cut depends on the bytes of
 * its own chunk alone, so that after an insertion the old cuts are found again. The hash covers the 32 bytes before a place, the newest in
 * its lowest bits; a cut is where the highest ones are all zero.
 */
export class CutFinder {
  readonly #min: number;
  readonly #average: number;
  readonly #max: number;
  readonly #rare: number;
  readonly #likely: number;
  #length = 0;
  #hash = 0;

  constructor({ min, average, max }: ChunkSizes) {
    const bits = Math.log2(average);
    [this.#min, this.#average, this.#max] = [min, average, max];
    this.#rare = highestBits(bits + NORMALISATION);
    this.#likely = highestBits(bits - NORMALISATION);
  }

  /**
   * Goes on in the chunk under way with `bytes` from `start` to `end`, places below 2 GiB.
   *
   * @returns the place in `bytes` where the chunk ends and the next one begins; -1 when it goes on after `end`
   */
  find(bytes: Uint8Array, start: number, end: number): number {
    // The place in `bytes` where the chunk under way begins, which may lie before them.
    const origin = start - this.#length;
    const first = clamp(origin + this.#min, start, end);
    const middle = clamp(origin + this.#average, first, end);
    const last = clamp(origin + this.#max, middle, end);
    const rare = this.#scan(bytes, first, middle, this.#rare);
    if (rare !== -1) return this.#cut(rare);
    const likely = this.#scan(bytes, middle, last, this.#likely);
    if (likely !== -1) return this.#cut(likely);
    if (last === origin + this.#max) return this.#cut(last);
    this.#length = end - origin;
    return -1;
  }

  /** The place behind the first byte with a hash that has no bit of the mask; -1 when there is none. Four bytes a turn cost a third less than one. */
  #scan(bytes: Uint8Array, start: number, end: number, mask: number): number {
    const gear = GEAR_TABLE;
    let hash = this.#hash;
    let place = start | 0;
    for (const fours = (end | 0) - 3; place < fours; place += 4) {
      hash = ((hash << 1) + (gear[bytes[place] as number] as number)) | 0;
      if ((hash & mask) === 0) return place + 1;
      hash = ((hash << 1) + (gear[bytes[place + 1] as number] as number)) | 0;
      if ((hash & mask) === 0) return place + 2;
      hash = ((hash << 1) + (gear[bytes[place + 2] as number] as number)) | 0;
      if ((hash & mask) === 0) return place + 3;
      hash = ((hash << 1) + (gear[bytes[place + 3] as number] as number)) | 0;
      if ((hash & mask) === 0) return place + 4;
    }
    for (; place < end; place += 1) {
      hash = ((hash << 1) + (gear[bytes[place] as number] as number)) | 0;
      if ((hash & mask) === 0) return place + 1;
    }
    this.#hash = hash;
    return -1;
  }

  #cut(place: number): number {
    [this.#length, this.#hash] = [0, 0];
    return place;
  }
}

const highestBits = (count: number): number => -1 << (32 - count);

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value)) | 0;
