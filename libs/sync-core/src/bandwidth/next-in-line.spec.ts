import { expect, test } from 'vitest';
import { type InLine, LONGEST_PASSED_OVER_MS, nextInLine } from './next-in-line.ts';

const waits = (passed: number, since: number): InLine => ({ passed, since });

test.each([
  ['one alone goes', [waits(9, 0)], 10, 0],
  ['a small content overtakes those of which much has passed', [waits(1e9, 0), waits(1e6, 5), waits(0, 9)], 10, 2],
  ['of equals the one goes that waits longest', [waits(5, 3), waits(5, 1), waits(5, 2)], 10, 1],
  ['who was passed over for long goes first', [waits(0, 9), waits(1e9, 0)], LONGEST_PASSED_OVER_MS, 1],
])('%s', (_, line, now, expected) => {
  expect(nextInLine(line, now)).toBe(expected);
});

test('among a stream of small contents a large one goes on', () => {
  let large = 0;
  let since = 0;
  for (let now = 0; now < 60_000; now += 100) {
    if (nextInLine([waits(0, now), waits(1e9, since)], now) === 0) continue;
    large += 1;
    since = now;
  }
  expect(large).toBeGreaterThanOrEqual(11);
});
