import { describe, expect, it } from 'vitest';
import { parseRangeHeader, resolveRange } from './byte-range.ts';

describe('parseRangeHeader', () => {
  it.each([
    [undefined, undefined],
    ['bytes=0-', { from: 0 }],
    ['bytes=5-9', { from: 5, to: 9 }],
    ['bytes = 5 - 9', { from: 5, to: 9 }],
    ['bytes=-3', { last: 3 }],
    ['bytes=9-5', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,4-5', undefined],
    ['lines=0-1', undefined],
    ['bytes=1e3-', undefined],
    [`bytes=${'9'.repeat(20)}-`, undefined],
  ])('%s', (header, expected) => {
    expect(parseRangeHeader(header)).toEqual(expected);
  });
});

describe('resolveRange', () => {
  it('means the whole when nothing is asked', () => {
    expect(resolveRange(0, undefined)).toEqual({ start: 0, end: 0 });
    expect(resolveRange(5, undefined)).toEqual({ start: 0, end: 5 });
  });
  it('ends where the content ends', () => {
    expect(resolveRange(5, { from: 1, to: 100 })).toEqual({ start: 1, end: 5 });
    expect(resolveRange(5, { last: 100 })).toEqual({ start: 0, end: 5 });
  });
});
