import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BandwidthSettings, LocalMoment, TimetableEntry } from './bandwidth-settings.ts';
import { limitsAt } from './limits-at.ts';
import { nextChange } from './next-change.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEK = 7 * 24 * 60;

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const at = (moment: string): LocalMoment => ({ weekday: DAYS.indexOf(moment.slice(0, 3)), minute: minuteOf(moment.slice(4)) });
const entry = (days: string, from: string, to: string, upload: number | null): TimetableEntry => ({
  days: days.split(' ').map((day) => DAYS.indexOf(day)),
  from: minuteOf(from),
  to: minuteOf(to),
  upload,
  download: null,
});
const settings = (...timetable: TimetableEntry[]): BandwidthSettings => ({ always: { upload: 1, download: null }, timetable });

const OFFICE = settings(entry('mon tue wed thu fri', '08:00', '18:00', 5));
const NIGHT = settings(entry('fri sun', '22:00', '06:00', 7));
const FIRST = settings(entry('mon', '12:00', '13:00', 9), entry('mon tue', '00:00', '24:00', 8));

test.each([
  ['before it begins', OFFICE, 'mon 07:59', 1, 1],
  ['from its first minute', OFFICE, 'mon 08:00', 5, 600],
  ['up to its last', OFFICE, 'fri 17:59', 5, 1],
  ['not at its end', OFFICE, 'fri 18:00', 1, 14 * 60 + 2 * 1440],
  ['not on another day', OFFICE, 'sat 12:00', 1, 44 * 60],
  ['in the evening of a night', NIGHT, 'fri 22:00', 7, 480],
  ['in the morning after it', NIGHT, 'sat 05:59', 7, 1],
  ['not in the morning of the day itself', NIGHT, 'fri 05:59', 1, 16 * 60 + 1],
  ['not in the evening after it', NIGHT, 'sat 22:00', 1, 1440],
  ['across the end of the week', NIGHT, 'mon 00:00', 7, 360],
  ['the first entry that counts', FIRST, 'mon 12:30', 9, 30],
  ['the next entry around it', FIRST, 'mon 13:00', 8, 11 * 60 + 1440],
  ['over midnight between two days with the same limit', FIRST, 'mon 23:59', 8, 1441],
] as const)('%s', (_, timetable, moment, upload, change) => {
  expect(limitsAt(timetable, at(moment))).toMatchObject({ upload, download: null });
  expect(nextChange(timetable, at(moment))).toBe(change);
});

test('without a timetable, or with one that changes nothing, the limits stay', () => {
  expect(nextChange(settings(), at('mon 00:00'))).toBeNull();
  expect(nextChange(settings(entry('mon', '08:00', '09:00', 1)), at('mon 00:00'))).toBeNull();
});

const anyLimit = fc.constantFrom(null, 1, 2);
const anySettings = fc.record({
  always: fc.record({ upload: anyLimit, download: anyLimit }),
  timetable: fc.array(
    fc.record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 })),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 1, max: 1440 }),
      upload: anyLimit,
      download: anyLimit,
    }),
    { maxLength: 4 },
  ),
});

test('until the next change every minute has the same limits, and at it others hold', () => {
  fc.assert(
    fc.property(anySettings, fc.integer({ min: 0, max: WEEK - 1 }), (any, now) => {
      const limits = (minute: number): unknown => {
        const { upload, download } = limitsAt(any, { weekday: Math.floor((minute % WEEK) / 1440), minute: minute % 1440 });
        return `${upload} ${download}`;
      };
      const change = nextChange(any, { weekday: Math.floor(now / 1440), minute: now % 1440 });
      const same = limits(now);
      for (let minutes = 1; minutes < (change ?? WEEK); minutes += 1) if (limits(now + minutes) !== same) expect.fail(`after ${minutes}`);
      if (change !== null) expect(limits(now + change)).not.toBe(same);
    }),
    { numRuns: 60 },
  );
});
