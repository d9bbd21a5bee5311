import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BURST_SECONDS, type Bucket, MOST_PIECE_BYTES, takeBytes } from './take-bytes.ts';

/** Sends `bytes` as soon as they may pass; tells when each piece did. */
function send(bytes: number, limitAt: (now: number) => number | null, from = 0): { at: number; bytes: number }[] {
  const pieces: { at: number; bytes: number }[] = [];
  let [bucket, now, left]: [Bucket | null, number, number] = [null, from, bytes];
  while (left > 0) {
    const taken = takeBytes(bucket, limitAt(now), left, now);
    bucket = taken.bucket;
    if (taken.bytes > 0) pieces.push({ at: now, bytes: taken.bytes });
    left -= taken.bytes;
    now += Math.min(taken.afterMs, 500);
  }
  return pieces;
}

test('without a limit all passes at once', () => {
  expect(send(1e9, () => null)).toEqual([{ at: 0, bytes: 1e9 }]);
});

test('a burst passes, then a piece each eighth of a second', () => {
  const pieces = send(10_000, () => 8_000);
  expect(pieces.map(({ at }) => Math.round(at))).toEqual([0, 0, 125, 250, 375, 500, 625, 750, 875, 1000]);
  expect(pieces.every(({ bytes }) => bytes === 1_000)).toBe(true);
});

test.each([
  [2_000_000, MOST_PIECE_BYTES],
  [20_000, 2_500],
  [1, 1],
])('with %i bytes a second a piece has %i', (limit, piece) => {
  expect(takeBytes(null, limit, 1e9, 0).bytes).toBe(limit === 1 ? 0 : piece);
  expect(takeBytes({ left: 1e9, at: 0 }, limit * 8, piece, 0).bytes).toBe(piece);
});

test('another limit counts from the moment on at which it holds', () => {
  const pieces = send(100_000, (now) => (now < 1_000 ? 1_000 : 40_000));
  const before = pieces.filter(({ at }) => at < 1_000).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(before).toBeLessThanOrEqual(1_250);
  expect((pieces.at(-1) as { at: number }).at).toBeLessThan(1_000 + 2_600);
  expect(send(1e6, (now) => (now < 1_000 ? 1_000 : null)).at(-1)?.bytes).toBeGreaterThan(990_000);
});

test('a clock that goes back gives nothing', () => {
  const { bucket } = takeBytes({ left: 0, at: 1_000 }, 1_000, 100, 500);
  expect(bucket).toEqual({ left: 0, at: 1_000 });
});

test('in no span of time does more pass than the limit and the burst, and all of it passes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 1_000_000 }),
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 500_000 }), rest: fc.nat({ max: 3_000 }) }), { minLength: 1, maxLength: 20 }),
      (limit, contents) => {
        let [bucket, now]: [Bucket | null, number] = [null, 0];
        const passed: { at: number; bytes: number }[] = [];
        for (const { bytes, rest } of contents) {
          now += rest;
          for (let left = Math.min(bytes, limit * 3); left > 0;) {
            const taken = takeBytes(bucket, limit, left, now);
            expect(taken.bytes > 0 || taken.afterMs > 0).toBe(true);
            bucket = taken.bucket;
            left -= taken.bytes;
            now += taken.afterMs;
            if (taken.bytes > 0) passed.push({ at: now, bytes: taken.bytes });
          }
        }
        let sum = 0;
        const first = passed[0] as { at: number };
        for (const { at, bytes } of passed) {
          sum += bytes;
          expect(sum).toBeLessThanOrEqual(limit * (BURST_SECONDS + (at - first.at) / 1000) + 1);
        }
      },
    ),
  );
});
