import type { BandwidthSettings, LocalMoment } from './bandwidth-settings.ts';
import { limitsAt } from './limits-at.ts';

const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Minutes of the clock on the wall from the beginning of a moment until other limits hold; null when they never change. */
export function nextChange(settings: BandwidthSettings, moment: LocalMoment): number | null {
  const now = moment.weekday * DAY + moment.minute;
  const limits = limitsAt(settings, moment);
  const distances = settings.timetable.flatMap(({ days, from, to }) =>
    days.flatMap((day) => [from, from < to ? to : to + DAY].map((minute) => (day * DAY + minute - now + 2 * WEEK) % WEEK)),
  );
  for (const distance of distances.filter((minutes) => minutes > 0).sort((a, b) => a - b)) {
    const then = (now + distance) % WEEK;
    const { upload, download } = limitsAt(settings, { weekday: Math.floor(then / DAY), minute: then % DAY });
    if (upload !== limits.upload || download !== limits.download) return distance;
  }
  return null;
}
