import type { LocalMoment, TimetableEntry } from './bandwidth-settings.ts';

/** True at the times of an entry; a span that passes midnight belongs to the day on which it begins. */
export function holdsAt({ days, from, to }: TimetableEntry, { weekday, minute }: LocalMoment): boolean {
  if (from < to) return days.includes(weekday) && minute >= from && minute < to;
  return (days.includes(weekday) && minute >= from) || (days.includes((weekday + 6) % 7) && minute < to);
}
