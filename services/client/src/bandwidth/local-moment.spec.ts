import { afterEach, beforeEach, expect, test } from 'vitest';
import { LimitedBandwidth } from './limited-bandwidth.ts';
import { localMoment } from './local-moment.ts';

const zone = process.env['TZ'];
beforeEach(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const at = (utc: string): number => Date.parse(utc);

test.each([
  ['2026-11-30T19:00:00Z', { weekday: 0, minute: 20 * 60 }],
  ['2026-12-06T22:59:59Z', { weekday: 6, minute: 23 * 60 + 59 }],
  ['2026-12-06T23:00:00Z', { weekday: 0, minute: 0 }],
  // The clock is put forward from 02:00 to 03:00, and back from 03:00 to 02:00.
  ['2026-03-29T00:59:00Z', { weekday: 6, minute: 119 }],
  ['2026-03-29T01:00:00Z', { weekday: 6, minute: 180 }],
  ['2026-10-25T00:59:00Z', { weekday: 6, minute: 179 }],
  ['2026-10-25T01:00:00Z', { weekday: 6, minute: 120 }],
])('%s', (utc, expected) => {
  expect(localMoment(at(utc))).toEqual(expected);
});

test('the next change is told by what the clock will show', () => {
  const night = { days: [5], from: 22 * 60, to: 6 * 60, upload: 1, download: null };
  const changesAt = (utc: string): string => {
    const clock = { wall: () => at(utc), monotonic: () => 0, after: () => () => undefined };
    const change = new LimitedBandwidth({ always: { upload: null, download: null }, timetable: [night] }, clock).changesAt();
    return new Date(change as number).toISOString();
  };
  expect(changesAt('2026-03-28T21:30:10Z')).toBe('2026-03-29T04:00:00.000Z');
  expect(changesAt('2026-10-24T21:30:10Z')).toBe('2026-10-25T05:00:00.000Z');
});
