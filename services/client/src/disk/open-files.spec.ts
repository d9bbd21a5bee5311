import { expect, test } from 'vitest';
import { shareOf } from './open-files.ts';

test.each([
  [1_024, 128, 128],
  [1_024, 24, 24],
  [256, 128, 102],
  [64, 128, 6],
  [64, 24, 6],
  [40, 24, 4],
  [Number.POSITIVE_INFINITY, 128, 128],
])('of %d files that may be open, with %d wanted, %d are kept', (limit, wanted, kept) => {
  expect(shareOf(limit, wanted)).toBe(kept);
});
