import { expect, test } from 'vitest';
import { parseRateLimits } from './parse-rate-limits.ts';

test.each([
  ['200,1000', { perSecond: 200, burst: 1000 }],
  ['1,1', { perSecond: 1, burst: 1 }],
  ['off', null],
])('%s are limits', (text, value) => {
  expect(parseRateLimits(text)).toEqual({ ok: true, value });
});

test.each(['', '200', '0,5', '5,0', '-1,5', '1.5,3', '1,2,3', '1000000000,1', 'OFF', ' 1,1'])('%j are none', (text) => {
  expect(parseRateLimits(text)).toMatchObject({ ok: false });
});
