import { type Parsed, parsed, refused } from './brand.ts';

/** How many requests one client gets served, as an operator writes it: `PER_SECOND,BURST` such as `200,1000`; null for `off`. */
export function parseRateLimits(text: string): Parsed<{ readonly perSecond: number; readonly burst: number } | null> {
  if (text === 'off') return parsed(null);
  const [perSecond = 0, burst = 0] = /^(\d{1,6}),(\d{1,6})$/.exec(text)?.slice(1).map(Number) ?? [];
  return perSecond > 0 && burst > 0 ? parsed({ perSecond, burst }) : refused('not PER_SECOND,BURST such as 200,1000, and not off');
}
