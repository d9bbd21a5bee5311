import { type Parsed, parsed, refused } from '@syncpair/contracts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30s`, `500ms`, `2m`, `1h`, `1d`; a bare number means seconds. */
export function parseDuration(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)?$/.exec(text.trim());
  if (match === null) return refused(`"${text}" is not a duration such as 30s, 2m or 1h`);
  return parsed(Math.round(Number(match[1]) * (UNIT_MS[match[2] ?? 's'] as number)));
}

/** `850 ms`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** `now`, `12 s ago`, `3 min ago`; from a month on the date. A time to come is told as it is. */
export function formatAgo(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  if (ms < -1000) return iso;
  if (ms < 1000) return 'now';
  return ms < 30 * 86_400_000 ? `${formatDuration(ms)} ago` : iso.slice(0, 10);
}
