import { expect, test } from 'vitest';
import { openDownloads } from './open-downloads.ts';

test.each([
  [null, Infinity, Infinity],
  [1, 1, 1],
  [10_000, 2, 1],
  [20_000, 3, 3],
  [100_000, 15, 15],
  [1_000_000, 153, 152],
])('with %s bytes a second', (limit, small, large) => {
  expect(openDownloads(limit)).toEqual({ small, large });
});
