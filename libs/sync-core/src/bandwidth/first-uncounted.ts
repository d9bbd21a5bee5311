import type { TimetableEntry } from './bandwidth-settings.ts';
import { holdsAt } from './holds-at.ts';

/** The place of the first entry at all of whose time one before it counts; null where each has some of its own. */
export function firstUncounted(timetable: readonly TimetableEntry[]): number | null {
  const counted = new Set<TimetableEntry>();
  for (let weekday = 0; weekday < 7; weekday += 1) {
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const first = timetable.find((entry) => holdsAt(entry, { weekday, minute }));
      if (first !== undefined) counted.add(first);
      if (counted.size === timetable.length) return null;
    }
  }
  return timetable.findIndex((entry) => !counted.has(entry));
}
