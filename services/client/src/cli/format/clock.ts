const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `18:00`: what the clock on the wall of this machine shows at a time within a week; `Mon 08:00` from a day after `now` on. */
export function formatClock(iso: string, now: number): string {
  const at = new Date(iso);
  const time = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return at.getTime() - now < 24 * 3_600_000 ? time : `${DAYS[at.getDay()]} ${time}`;
}
