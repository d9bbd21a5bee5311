import { createHash, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkSizes } from './chunk-sizes.ts';
import { CutFinder } from './cut-finder.ts';

/** Small enough for many runs; the proportions are those in use. */
const SIZES: ChunkSizes = { min: 256, average: 1024, max: 4096 };

const bytesOf = (seed: number, length: number): Buffer =>
  Buffer.from(createHash('shake256', { outputLength: length }).update(String(seed)).digest());

/** A content by its seed and its length, so that a counterexample can be read. */
const content = fc.tuple(fc.nat(), fc.nat(40_000));

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
      fc.property(content, (told) => {
        const bytes = bytesOf(...told);
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
      fc.property(content, fc.array(fc.nat(40_000), { maxLength: 40 }), (told, places) => {
        const bytes = bytesOf(...told);
        expect(chunked(split(bytes, places))).toEqual(chunked([bytes]));
      }),
    );
  });

  it('cuts what follows a cut as it would alone', () => {
    fc.assert(
      fc.property(content, (told) => {
        const bytes = bytesOf(...told);
        const lengths = chunked([bytes]);
        expect(chunked([bytes.subarray(lengths[0])])).toEqual(lengths.slice(1));
      }),
    );
  });

  it('keeps nearly all chunks where bytes are inserted, removed or replaced', () => {
    let fresh = 0;
    const edits = 200;
    for (let seed = 0; seed < edits; seed++) {
      const bytes = bytesOf(seed, 60_000);
      const place = (seed * 7919) % 30_000;
      const edited = Buffer.concat([bytes.subarray(0, place), bytesOf(-seed, seed), bytes.subarray(place + ((seed * 31) % 200))]);
      const before = namesOf(bytes);
      fresh += [...namesOf(edited)].filter((name) => !before.has(name)).length;
    }
    // Of more than 50 chunks: the one that was touched, and the few until an old cut is met again.
    expect(fresh / edits).toBeLessThan(2);
  });
});
