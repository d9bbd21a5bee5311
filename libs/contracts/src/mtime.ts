import { type Parsed, parsed, refused } from './brand.ts';

/** A point in time as signed 64-bit nanoseconds since 1970, UTC. A decimal string in JSON. */
export type Nanoseconds = bigint;

export const NANOSECONDS_PER_MS = 1_000_000n;
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const INTEGER = /^-?(0|[1-9][0-9]{0,18})$/;

export function parseNanoseconds(text: string): Parsed<Nanoseconds> {
  if (!INTEGER.test(text)) return refused('not a time in nanoseconds');
  const value = BigInt(text);
  return value >= MIN && value <= MAX ? parsed(value) : refused('a time beyond signed 64-bit nanoseconds');
}

/** The nearest time that can be carried: file systems hold times before 1677 and after 2262, which signed 64-bit nanoseconds do not. */
export const carriedTime = (time: bigint): Nanoseconds => (time < MIN ? MIN : time > MAX ? MAX : time);

/** Node sets times as fractions of seconds in a double, which moves them by less than this. Nanoseconds. */
const SETTING_ERROR = 1_000n;

/** True for one time, also where one of the two was set on a disk and read from there. */
export const isSameTime = (a: bigint, b: bigint): boolean => a - b > -SETTING_ERROR && a - b < SETTING_ERROR;

/** ISO 8601 UTC with up to nine decimals, as the script calls speak. */
export function toIsoTime(time: Nanoseconds): string {
  const fraction = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((time - fraction) / 1_000_000_000n);
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  const digits = fraction.toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}

const ISO = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})$/;

export function parseIsoTime(text: string): Parsed<Nanoseconds> {
  const match = ISO.exec(text);
  if (match === null) return refused('not an ISO 8601 time with a zone, such as 2026-01-31T08:00:00Z');
  const milliseconds = Date.parse(`${(match[1] as string).replace(' ', 'T')}${(match[3] as string).toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return refused('not a date that exists');
  const value = BigInt(milliseconds) * NANOSECONDS_PER_MS + BigInt((match[2] ?? '').padEnd(9, '0'));
  return value >= MIN && value <= MAX ? parsed(value) : refused('a time beyond signed 64-bit nanoseconds');
}
