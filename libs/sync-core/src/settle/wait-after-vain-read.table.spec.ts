import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleWait } from './settle-wait.ts';
import { waitAfterVainRead } from './wait-after-vain-read.ts';

const GIB = 1024 * 1024 * 1024;

test.each([
  ['the first time', 10, 0, 20],
  ['again', 20, 3, 40],
  ['again and again', 1_500, 3, 2_000],
  ['for ever', 2_000, 3, 2_000],
  ['when the reading took a moment', 10, 100, 200],
  ['when it took a minute', 10, 60_000, 120_000],
  ['when it took a part of a millisecond', 10, 20.3, 41],
  ['quick after a long one', 120_000, 100, 2_000],
])('%s', (_, before, took, expected) => {
  expect(waitAfterVainRead({ before, took })).toBe(expected);
});

/** Writes a file every so many milliseconds; each reading takes `took` and is in vain. @returns when each began */
function play(file: { readonly size: number; readonly everyMs: number; readonly took: number }, forMs: number): number[] {
  const { size, everyMs, took } = file;
  const begun: number[] = [];
  let since = 0;
  let before = 10;
  for (let now = 0; now < forMs;) {
    const settling = { size, sizeBefore: 0, isFinished: false, restlessness: 0, rested: now % everyMs, waited: now - since };
    let wait = settleWait(settling);
    if (wait === 0) {
      begun.push(now);
      now += took;
      since = now;
      before = wait = waitAfterVainRead({ before, took });
    }
    now += wait;
  }
  return begun;
}

test('a file that changes all the time is read a third of the time at most, and tried for ever', () => {
  const file = fc.record({
    size: fc.integer({ min: 1, max: 50 * GIB }),
    everyMs: fc.integer({ min: 1, max: 20_000 }),
    took: fc.integer({ min: 1, max: 300_000 }),
  });
  fc.assert(
    fc.property(file, (one) => {
      const forMs = 20 * (3 * one.took + 7_000);
      const begun = play(one, forMs);
      expect((begun.length - 1) * one.took).toBeLessThanOrEqual(forMs / 3);
      const gaps = begun.map((at, index) => at - (begun[index - 1] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(3 * one.took + 7_000);
      expect(begun.length).toBeGreaterThanOrEqual(20);
    }),
  );
});

test('a large file without a pause is not read at each look once its patience was at its end', () => {
  const begun = play({ size: 50 * GIB, everyMs: 5, took: 150 }, 60_000);
  expect(begun[0]).toBe(5_000);
  expect(begun.length).toBeLessThanOrEqual(12);
});
