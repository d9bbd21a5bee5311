import { expect, test } from 'vitest';
import { parseSize } from './parse-size.ts';

test.each([
  ['0', 0],
  ['4096', 4096],
  ['512B', 512],
  ['500MB', 500_000_000],
  ['20 GiB', 20 * 1024 ** 3],
  ['1.5g', 1.5 * 1024 ** 3],
  ['2tb', 2_000_000_000_000],
])('%s', (text, bytes) => expect(parseSize(text)).toEqual({ ok: true, value: bytes }));

test.each(['', '-1', '5 potatoes', 'GB', '1e9', '9999999P', '1 2'])('"%s" is refused', (text) => expect(parseSize(text).ok).toBe(false));
