import { expect, test } from 'vitest';
import { chooseExpendable } from './choose-expendable.ts';
import type { TrashItem } from './trash-item.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const item = (id: string, day: string, size: number): TrashItem => ({
  id,
  path: id,
  whole: true,
  size,
  since: `2026-${day}T00:00:00Z`,
  reason: '',
  file: `/${id}`,
});
const ITEMS = [item('new', '02-28', 60), item('middle', '02-20', 50), item('old', '01-01', 10)];
const days = (count: number): number => count * 24 * 3_600_000;

test.each([
  ['everything within the bounds', days(100), 1000, []],
  ['what is older than the bound', days(30), 1000, ['old']],
  ['the oldest until the rest fits', days(100), 110, ['old']],
  ['all but the newest', days(100), 60, ['middle', 'old']],
  ['also the newest, where it alone is too large', days(100), 10, ['new', 'middle', 'old']],
])('%s', (_name, age, bytes, expected) => {
  expect(chooseExpendable(ITEMS, { age, bytes }, NOW).map(({ id }) => id)).toEqual(expected);
});
