import { expect, test } from 'vitest';
import { parseMoment } from './moment.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const msOf = (text: string): number | null => {
  const moment = parseMoment(text, NOW);
  return moment.ok ? Number(moment.value / 1_000_000n) : null;
};

test.each([
  ['2026-01-31T08:00:00Z', Date.UTC(2026, 0, 31, 8)],
  ['2026-01-31 08:00:00+02:00', Date.UTC(2026, 0, 31, 6)],
  ['2026-01-31T08:00:00.250Z', Date.UTC(2026, 0, 31, 8, 0, 0, 250)],
  ['2026-01-31 08:00', new Date(2026, 0, 31, 8).getTime()],
  ['2026-01-31T08:00:07', new Date(2026, 0, 31, 8, 0, 7).getTime()],
  ['2026-01-31', new Date(2026, 0, 31).getTime()],
  ['2h', NOW - 7_200_000],
  ['90 min', NOW - 5_400_000],
  ['1d', NOW - 86_400_000],
])('%s', (text, ms) => expect(msOf(text)).toBe(ms));

test.each([
  '',
  'yesterday',
  '7',
  '2026',
  '2026-13-01',
  '2026-04-31',
  '2026-01-31 25:00',
  '2026-01-31 08:00 PM',
  '31.01.2026',
  '2h ago',
  '-2h',
])('"%s" is refused with an example', (text) => {
  const moment = parseMoment(text, NOW);
  expect(moment.ok ? moment.value : moment.reason).toMatch(/not a (time such as 2026-01-31T08:00:00Z|moment that exists)/);
});
