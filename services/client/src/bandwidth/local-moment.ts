import type { LocalMoment } from '@syncpair/sync-core';

/** What the clock on the wall of this machine shows at a time: milliseconds since 1970. */
export function localMoment(wall: number): LocalMoment {
  const time = new Date(wall);
  return { weekday: (time.getDay() + 6) % 7, minute: time.getHours() * 60 + time.getMinutes() };
}
