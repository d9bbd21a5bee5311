import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Restlessness, changedAgain, restlessnessAt } from './restlessness.ts';
import { type SettlingFile, settleWait } from './settle-wait.ts';

const MIB = 1024 * 1024;
const small: SettlingFile = { size: 1_000, sizeBefore: 1_000, isFinished: false, restlessness: 0, rested: 0, waited: 0 };

test.each<[string, Partial<SettlingFile>, number]>([
  ['a small file that was just written', {}, 10],
  ['a small file that has rested', { rested: 10 }, 0],
  ['a file of 1 MB', { size: 1_000_000, rested: 3 }, 7],
  ['a file of 4 MiB', { size: 4 * MIB }, 10],
  ['one of 20 MiB', { size: 20 * MIB }, 500],
  ['one of 1 GiB', { size: 1024 * MIB }, 1_000],
  ['one of 1 GiB after a pause', { size: 1024 * MIB, rested: 900 }, 100],
  ['one of 1 GiB that rests', { size: 1024 * MIB, rested: 1_000 }, 0],
  ['one of 1 GiB that was moved there when it was complete', { size: 1024 * MIB, isFinished: true, rested: 4 }, 6],
  ['the same a moment later', { size: 1024 * MIB, isFinished: true, rested: 10 }, 0],
  ['a file that was emptied', { size: 0 }, 300],
  ['a file that lost more than half', { size: 499, rested: 100 }, 200],
  ['a file that lost half', { size: 500, rested: 10 }, 0],
  ['a new file that is empty', { size: 0, sizeBefore: 0, rested: 10 }, 0],
  ['a file that changed eight times', { restlessness: 8, rested: 10 }, 0],
  ['a file that changed ten times', { restlessness: 9.2 }, 40],
  ['a file that changed a hundred times', { restlessness: 100 }, 1_000],
  ['a clock that was put back', { size: 1024 * MIB, rested: -1 }, 0],
  ['a small file that never rests', { rested: 1, waited: 1_995 }, 5],
  ['a small file that never rested', { rested: 1, waited: 2_000 }, 0],
  ['a large file that never rests', { size: 1024 * MIB, rested: 100, waited: 4_500 }, 500],
  ['a large file that never rested', { size: 1024 * MIB, rested: 100, waited: 5_000 }, 0],
])('%s', (_, file, expected) => {
  expect(settleWait({ ...small, ...file })).toBe(expected);
});

test('changes are forgotten, two in a second', () => {
  let known: Restlessness | null = null;
  for (let now = 0; now < 1_000; now += 100) known = changedAgain(known, now);
  expect(restlessnessAt(known, 900)).toBeCloseTo(8.2);
  expect(restlessnessAt(known, 2_900)).toBeCloseTo(4.2);
  expect(restlessnessAt(known, 10_000)).toBe(0);
  expect(restlessnessAt(known, 0)).toBeCloseTo(8.2);
  expect(restlessnessAt(null, 0)).toBe(0);
});

test('no wait is long, and a larger or more restless file never waits less', () => {
  const file = fc.record({
    size: fc.integer({ min: 0, max: 4e9 }),
    sizeBefore: fc.integer({ min: 0, max: 4e9 }),
    isFinished: fc.boolean(),
    restlessness: fc.double({ min: 0, max: 1e4, noNaN: true }),
    rested: fc.integer({ min: -10, max: 5_000 }),
    waited: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(file, fc.integer({ min: 0, max: 1e9 }), (one, more) => {
      const wait = settleWait(one);
      expect(wait).toBeLessThanOrEqual(1_000);
      expect(Number.isInteger(wait) && wait >= 0).toBe(true);
      const still = { ...one, sizeBefore: 0, waited: 0 };
      expect(settleWait({ ...still, size: one.size + more })).toBeGreaterThanOrEqual(settleWait(still));
      expect(settleWait({ ...still, restlessness: one.restlessness + 1 })).toBeGreaterThanOrEqual(settleWait(still));
    }),
  );
});

/** Writes a file every so many milliseconds; tells when it was read. */
function play(size: number, everyMs: number, forMs: number): number[] {
  const reads: number[] = [];
  let restless: Restlessness | null = null;
  let since: number | null = null;
  for (let now = 0, look = 0; now < forMs; now += 1) {
    if (now % everyMs === 0) since ??= now;
    if (since === null || now < look) continue;
    const rested = now % everyMs;
    const wait = settleWait({ ...small, size, restlessness: restlessnessAt(restless, now), rested, waited: now - since });
    look = now + wait;
    if (wait > 0) continue;
    reads.push(now);
    restless = changedAgain(restless, now);
    since = null;
  }
  return reads;
}

test.each([
  ['a small file without a pause', 1_000, 5],
  ['a small file with short pauses', 1_000, 40],
  ['a small file twenty times a second', 1_000, 50],
  ['a large file without a pause', 1024 * MIB, 5],
  ['a large file with pauses', 1024 * MIB, 700],
])('%s that changes all the time is read again and again, and not too often', (_, size, everyMs) => {
  const reads = play(size, everyMs, 120_000);
  const gaps = reads.map((read, index) => read - (reads[index - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(5_000 + everyMs);
  expect(reads.length).toBeGreaterThanOrEqual(15);
  expect(reads.length).toBeLessThanOrEqual(120 * 2 + 16);
});

test('saves of a small file twice a second wait no longer than one', () => {
  const reads = play(1_000, 500, 60_000);
  expect(reads.length).toBe(120);
  expect(reads.every((read) => read % 500 === 10)).toBe(true);
});
