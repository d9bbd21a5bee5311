import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const KIB = 1024;

let lendBytes: (length: number) => Buffer;
let giveBack: (bytes: Uint8Array) => void;
beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  ({ lendBytes, giveBack } = await import('./lent-bytes.ts'));
});
afterEach(() => void vi.useRealTimers());

it('lends the same memory again once it was given back, and not before', () => {
  const one = lendBytes(100 * KIB);
  const two = lendBytes(100 * KIB);
  expect(two.buffer).not.toBe(one.buffer);
  giveBack(one);
  const three = lendBytes(90 * KIB);
  expect(three.buffer).toBe(one.buffer);
  expect(three.length).toBe(90 * KIB);
  expect(lendBytes(100 * KIB).buffer).not.toBe(two.buffer);
});

it('lends what is large enough, and not much larger', () => {
  const memory = lendBytes(1000 * KIB);
  giveBack(memory);
  expect(lendBytes(100 * KIB).buffer).not.toBe(memory.buffer);
  expect(lendBytes(1001 * KIB).buffer).toBe(memory.buffer);
});

it('takes a part of what was lent for none of it', () => {
  const whole = lendBytes(100 * KIB);
  giveBack(whole.subarray(0, 80 * KIB));
  giveBack(whole.subarray(10 * KIB));
  expect(lendBytes(100 * KIB).buffer).not.toBe(whole.buffer);
  expect(whole).toHaveLength(100 * KIB);
});

it('does not lend one memory to two when it was given back twice', () => {
  const bytes = lendBytes(128 * KIB);
  giveBack(bytes);
  giveBack(bytes);
  expect(lendBytes(128 * KIB).buffer).not.toBe(lendBytes(128 * KIB).buffer);
});

it('keeps a few megabytes, and frees the rest, as well as what was never lent', () => {
  const many = Array.from({ length: 20 }, () => lendBytes(1000 * KIB));
  const own = Buffer.allocUnsafeSlow(100 * KIB);
  for (const bytes of [...many, own]) giveBack(bytes);
  const kept = many.filter(({ buffer }) => buffer.byteLength > 0);
  expect(kept).toHaveLength(8);
  expect(own).toHaveLength(0);
});

it('frees what nobody has used for a while', () => {
  const bytes = lendBytes(100 * KIB);
  giveBack(bytes);
  vi.advanceTimersByTime(4_000);
  expect(bytes.buffer.byteLength).toBeGreaterThan(0);
  vi.advanceTimersByTime(2_000);
  expect(bytes.buffer.byteLength).toBe(0);
  expect(lendBytes(100 * KIB)).toHaveLength(100 * KIB);
});
