import { type Nanoseconds, type Parsed, NANOSECONDS_PER_MS, parseIsoTime, parsed, refused } from '@syncpair/contracts';
import { parseDuration } from './duration.ts';

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const EXAMPLES = '2026-01-31T08:00:00Z, "2026-01-31 08:00" (the time of this machine), or 2h for two hours ago';

/**
 * A moment on the command line: ISO 8601 with a zone, the same without one in the time of this machine (seconds, or the whole time, may be left
 * out), or a duration, which counts back from `now` (milliseconds since 1970).
 */
export function parseMoment(text: string, now: number): Parsed<Nanoseconds> {
  const zoned = parseIsoTime(text);
  if (zoned.ok) return zoned;
  const ago = /[a-z]/.test(text) ? parseDuration(text) : null;
  if (ago?.ok === true) return parsed(BigInt(Math.round(now - ago.value)) * NANOSECONDS_PER_MS);
  return parseLocal(text) ?? refused(`"${text}" is not a time such as ${EXAMPLES}`);
}

function parseLocal(text: string): Parsed<Nanoseconds> | null {
  const match = LOCAL.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(year, month - 1, day, hour, minute, second);
  // What does not exist (the 31st of April, 25:00) would be another moment.
  const same =
    date.getFullYear() === year &&
    date.getMonth() === month - 1 &&
    date.getDate() === day &&
    date.getHours() === hour &&
    date.getMinutes() === minute &&
    date.getSeconds() === second;
  if (!same) return refused(`"${text}" is not a moment that exists here`);
  return parsed(BigInt(date.getTime()) * NANOSECONDS_PER_MS + BigInt((match[7] ?? '').padEnd(9, '0')));
}
