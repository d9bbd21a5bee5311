import type { Chunk, ContentHash } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import { chunksInRange } from './chunks-in-range.ts';

const chunk = (name: string, size: number): Chunk => ({ hash: name as ContentHash, size });
const all = [chunk('a', 10), chunk('b', 5), chunk('c', 1), chunk('d', 4)];

it.each([
  [0, 20, 'abcd', 0],
  [0, 1, 'a', 0],
  [0, 10, 'a', 0],
  [0, 11, 'ab', 0],
  [9, 10, 'a', 9],
  [9, 11, 'ab', 9],
  [10, 11, 'b', 0],
  [10, 15, 'b', 0],
  [14, 17, 'bcd', 4],
  [15, 16, 'c', 0],
  [19, 20, 'd', 3],
])('bytes %i up to %i lie in the chunks %s, after %i bytes of the first', (start, end, names, skip) => {
  const touched = chunksInRange(all, { start, end });
  expect(touched.chunks.map(({ hash }) => hash).join('')).toBe(names);
  expect(touched.skip).toBe(skip);
});
