import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

test.each([
  { attempt: 0, shortest: 800, middle: 1_000, longest: 1_200 },
  { attempt: 1, shortest: 1_600, middle: 2_000, longest: 2_400 },
  { attempt: 2, shortest: 3_200, middle: 4_000, longest: 4_800 },
  { attempt: 3, shortest: 6_400, middle: 8_000, longest: 9_600 },
  { attempt: 4, shortest: 12_800, middle: 16_000, longest: 19_200 },
  { attempt: 5, shortest: 24_000, middle: 27_000, longest: 30_000 },
  { attempt: 6, shortest: 24_000, middle: 27_000, longest: 30_000 },
  { attempt: 1e9, shortest: 24_000, middle: 27_000, longest: 30_000 },
])('try $attempt comes after $shortest to $longest ms (R35)', ({ attempt, shortest, middle, longest }) => {
  expect(retryDelayMs(attempt, 0)).toBe(shortest);
  expect(retryDelayMs(attempt, 0.5)).toBe(middle);
  expect(retryDelayMs(attempt, 1 - Number.EPSILON)).toBe(longest);
});
