import { MAX_INLINE_BYTES } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { togetherBytes } from './together-bytes.ts';

test.each([
  ['as always without a limit', null, 16e6],
  ['two seconds of a low limit', 100_000, 200_000],
  ['no more than without a limit', 100e6, 16e6],
  ['more than what travels inside of requests', 1_000, MAX_INLINE_BYTES + 1],
])('%s', (_, limit, expected) => {
  expect(togetherBytes(limit, 16e6)).toBe(expected);
  expect(togetherBytes(limit, 16e6)).toBeGreaterThan(MAX_INLINE_BYTES);
});
