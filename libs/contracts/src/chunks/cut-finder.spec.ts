import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContentHash } from '../content-hash.ts';
import { type ChunkSizes, chunkSizesOf } from './chunk-sizes.ts';
import { CutFinder } from './cut-finder.ts';
import { findCut } from './find-cut.ts';
import { GEAR_TABLE } from './gear-table.ts';
import { encodeManifest } from './manifest.ts';

const sha256 = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;

/** 4 MiB that everybody can make: the key stream of AES-128-CTR from a zero counter. */
const VECTOR = createCipheriv('aes-128-ctr', Buffer.from('syncpair vector!'), Buffer.alloc(16)).update(Buffer.alloc(4 * 1024 * 1024));

function cutsOf(bytes: Uint8Array, sizes: ChunkSizes): number[] {
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = findCut(bytes, start, bytes.length, sizes);
    lengths.push(end - start);
    start = end;
  }
  return lengths;
}

function manifestOf(bytes: Uint8Array, lengths: readonly number[]): Buffer {
  let start = 0;
  return encodeManifest(lengths.map((size) => ({ size, hash: sha256(bytes.subarray(start, (start += size))) })));
}

describe('cutting a content into chunks', () => {
  it('has a gear table made by the documented rule', () => {
    expect(GEAR_TABLE).toHaveLength(256);
    expect([...GEAR_TABLE.slice(0, 4), GEAR_TABLE[255]]).toEqual([-927988565, 1505845416, -598284495, -713658152, 1412836195]);
  });

  it('cuts the test vector where every client cuts it', () => {
    expect(sha256(VECTOR)).toBe('00d6bf8889b7adf5a63bbe778b870c9bc0831ace211d8fcd9b6a79b0ff8577e3');
    const lengths = cutsOf(VECTOR, chunkSizesOf(VECTOR.length));
    expect(lengths).toEqual([
      265822, 256456, 283826, 117718, 312952, 296049, 244546, 285127, 272998, 274549, 452714, 420907, 88832, 102723, 290775, 228310,
    ]);
    expect(sha256(manifestOf(VECTOR, lengths))).toBe('bc973b4abe829ac8704ac22dbbdddd8865f94e74677c3621057f2773d969a0d6');
  });

  it('cuts the test vector into larger chunks where the content is very large', () => {
    const lengths = cutsOf(VECTOR, chunkSizesOf(16 * 1024 ** 3 + 1));
    expect(lengths).toEqual([565944, 535680, 675745, 590593, 694795, 509739, 603511, 18297]);
    expect(sha256(manifestOf(VECTOR, lengths))).toBe('f012dd589331cc9d1cbf8af7ba1c7d285f348c13e55210c3c3eb3c53d16cba5f');
  });

  it('cuts bytes without any cut of their own at the largest chunk', () => {
    const same = new Uint8Array(3 * 1024 * 1024 + 5).fill(7);
    expect(cutsOf(same, chunkSizesOf(same.length))).toEqual([1048576, 1048576, 1048576, 5]);
  });

  it('tells no cut while the chunk may go on', () => {
    const finder = new CutFinder(chunkSizesOf(VECTOR.length));
    expect(finder.find(VECTOR, 0, 265_821)).toBe(-1);
    expect(finder.find(VECTOR, 265_821, VECTOR.length)).toBe(265_822);
  });
});
