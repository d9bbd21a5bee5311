import { createHash, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkSizes } from './chunk-sizes.ts';
import { CutFinder } from './cut-finder.ts';

/** Small enough for many runs; the proportions are those in use. */
const SIZES: ChunkSizes = { min: 256, average: 1024, max: 4096 };

const bytesOf = (seed: number, length: number): Buffer =>
  Buffer.from(createHash('shake256', { outputLength: length }).update(String(seed)).digest());

const content = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 40_000 })).map(([seed, length]) => bytesOf(seed, length));

/** The lengths of the chunks, from pieces as they arrive. */
function chunked(pieces: readonly Uint8Array[]): number[] {
  const finder = new CutFinder(SIZES);
  const lengths: number[] = [];
  let open = 0;
  for (const piece of pieces) {
    for (let place = 0; place < piece.length;) {
      const cut = finder.find(piece, place, piece.length);
      open += (cut === -1 ? piece.length : cut) - place;
      if (cut === -1) break;
      lengths.push(open);
      [open, place] = [0, cut];
    }
  }
  return open === 0 ? lengths : [...lengths, open];
}

const GEAR = Array.from({ length: 256 }, (_, value) =>
  BigInt(createHash('sha256').update(`syncpair gear ${value}`).digest().readUInt32BE()),
);

/** The rule itself, byte by byte: every hash is made anew from all bytes of the chunk behind the smallest one. */
function byTheRule(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length;) {
    let length = Math.min(SIZES.min, bytes.length - start);
    for (let sum = 0n; start + length < bytes.length && length < SIZES.max;) {
      sum = (sum * 2n + (GEAR[bytes[start + length] as number] as bigint)) % 2n ** 32n;
      const bits = length < SIZES.average ? 12n : 8n;
      length += 1;
      if (sum < 2n ** (32n - bits)) break;
    }
    lengths.push(length);
    start += length;
  }
  return lengths;
}

function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const namesOf = (bytes: Uint8Array): Set<string> => {
  let start = 0;
  return new Set(chunked([bytes]).map((length) => hash('sha256', bytes.subarray(start, (start += length)))));
};

describe('cutting a content into chunks, whatever it is', () => {
  it('covers it exactly, within the sizes, and as the rule says', () => {
    fc.assert(
      fc.property(content, (bytes) => {
        const lengths = chunked([bytes]);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes.length);
        for (const length of lengths.slice(0, -1)) expect(length).toBeGreaterThanOrEqual(SIZES.min);
        for (const length of lengths) expect(length).toBeLessThanOrEqual(SIZES.max);
        expect(lengths).toEqual(byTheRule(bytes));
      }),
      { numRuns: 15 },
    );
  });

  it('does not depend on the pieces in which it arrives', () => {
    fc.assert(
      fc.property(content, fc.array(fc.nat(40_000), { maxLength: 40 }), (bytes, places) => {
        expect(chunked(split(bytes, places))).toEqual(chunked([bytes]));
      }),
    );
  });

  it('keeps nearly all chunks where bytes are inserted, removed or replaced', () => {
    fc.assert(
      fc.property(content, fc.nat(40_000), fc.nat(600), fc.nat(600), fc.integer(), (bytes, at, out, into, seed) => {
        const place = at % (bytes.length + 1);
        const edited = Buffer.concat([bytes.subarray(0, place), bytesOf(seed, into), bytes.subarray(place + out)]);
        const before = namesOf(bytes);
        const fresh = [...namesOf(edited)].filter((name) => !before.has(name));
        // Those that were touched, and the few until an old cut is met again.
        expect(fresh.length).toBeLessThanOrEqual(12);
      }),
    );
  });
});
