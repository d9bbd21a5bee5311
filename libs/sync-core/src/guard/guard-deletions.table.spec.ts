import { describe, expect, it } from 'vitest';
import { type HoldLimits, guardDeletions } from './guard-deletions.ts';

const DEFAULT: HoldLimits = { files: 50, percent: 50 };

const TABLE: [name: string, live: number, passed: number, incoming: number, limits: HoldLimits, held: boolean][] = [
  ['one of many', 1000, 0, 1, DEFAULT, false],
  ['exactly the limit of files', 80, 0, 50, DEFAULT, false],
  ['one more than the limit of files, over the percentage (R24)', 80, 0, 51, DEFAULT, true],
  ['fifty-one files of a large directory are below its percentage', 1000, 0, 51, DEFAULT, false],
  ['half of a large directory', 1000, 0, 500, DEFAULT, false],
  ['more than half of a large directory (R24)', 1000, 0, 501, DEFAULT, true],
  ['a few at a time add up (R24)', 1000, 500, 1, DEFAULT, true],
  ['all of nineteen', 19, 0, 19, DEFAULT, false],
  ['all of twenty (R24)', 20, 0, 20, DEFAULT, true],
  ['all of twenty, the last one later', 20, 19, 1, DEFAULT, true],
  ['all but one of forty', 40, 0, 39, DEFAULT, false],
  ['nothing', 20, 20, 0, DEFAULT, false],
  ['switched off', 1000, 0, 1000, 'off', false],
  ['own limits', 1000, 0, 11, { files: 10, percent: 1 }, true],
  ['the larger of both own limits counts', 2000, 0, 11, { files: 10, percent: 1 }, false],
];

describe('guardDeletions', () => {
  it.each(TABLE)('%s', (_name, liveAtStart, passed, incoming, limits, held) => {
    expect(guardDeletions({ liveAtStart, passed }, incoming, limits) !== null).toBe(held);
  });

  it('says how many of how many', () => {
    expect(guardDeletions({ liveAtStart: 1000, passed: 100 }, 500, DEFAULT)).toBe(
      '600 of 1000 files would be deleted within ten minutes, more than 500',
    );
  });
});
