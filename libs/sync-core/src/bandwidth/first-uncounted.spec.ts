import { expect, test } from 'vitest';
import { firstUncounted } from './first-uncounted.ts';

const entry = (days: number[], from: number, to: number) => ({ days, from, to, upload: 1, download: 1 });
const ALL = [0, 1, 2, 3, 4, 5, 6];

test.each([
  ['none', [], null],
  ['each has some time of its own', [entry([0], 480, 600), entry([0], 540, 660), entry(ALL, 0, 1440)], null],
  ['one within another', [entry([0, 1], 480, 600), entry([1], 490, 500)], 1],
  ['one that two cover together', [entry(ALL, 0, 720), entry(ALL, 720, 0), entry([3], 600, 900)], 2],
  ['the morning after a night', [entry([6], 1320, 360), entry([0], 0, 361)], null],
  ['within the morning after a night', [entry([6], 1320, 360), entry([0], 0, 360)], 1],
])('%s', (_, timetable, expected) => {
  expect(firstUncounted(timetable)).toBe(expected);
});
