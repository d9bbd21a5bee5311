import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { missesOnlyPages } from './misses-only-pages.ts';

const content = randomBytes(10_000);
const zeroed = (from: number, to: number): Buffer => Buffer.from(content).fill(0, from, to);
const flipped = Buffer.from(content);
flipped[7_000] = (flipped[7_000] ?? 0) ^ 1;

async function* inParts(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([
  ['all of it', content, true],
  ['nothing', Buffer.alloc(0), true],
  ['a beginning', content.subarray(0, 5_000), true],
  ['a beginning that ends within a page', content.subarray(0, 4_097), true],
  ['zeros', Buffer.alloc(10_000), true],
  ['zeros to a beginning of its length', Buffer.alloc(3_000), true],
  ['a page of zeros in the middle', zeroed(4_096, 8_192), true],
  ['zeros at the end', zeroed(8_192, 10_000), true],
  ['zeros and a missing end', zeroed(512, 1_024).subarray(0, 2_000), true],
  ['a byte that is another one', flipped, false],
  ['something shorter', randomBytes(300), false],
  ['more than there was', Buffer.concat([content, Buffer.from('x')]), false],
  ['zeros beyond its end', Buffer.concat([content, Buffer.alloc(512)]), false],
  ['zeros within a page that was written whole', zeroed(100, 200), false],
])('%s', async (_, found, expected) => {
  for (const size of [1, 511, 4_096, 20_000]) expect(await missesOnlyPages(inParts(found, size), inParts(content, 3_000))).toBe(expected);
});
