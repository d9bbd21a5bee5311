import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Allowance, LONGEST_TURN_MS, isRested, takeTurn } from './take-turn.ts';

const LIMITS = { perSecond: 10, burst: 3 };

/** Plays requests at these times; tells of each the milliseconds it waits, or null when it was refused. */
function play(times: readonly number[], limits = LIMITS): { waits: (number | null)[]; allowance: Allowance | null } {
  let allowance: Allowance | null = null;
  const waits = times.map((now) => {
    const turn = takeTurn(allowance, limits, now);
    allowance = turn.allowance;
    return turn.kind === 'served' ? Math.round(turn.afterMs) : null;
  });
  return { waits, allowance };
}

const times = (count: number, everyMs: number): number[] => Array.from({ length: count }, (_, index) => index * everyMs);

test.each([
  ['a burst passes, what is above it waits its turn', [0, 0, 0, 0, 0], [0, 0, 0, 100, 200]],
  ['within the limit nobody waits', times(6, 100), [0, 0, 0, 0, 0, 0]],
  ['a rest gives the burst back, and no more', [0, 0, 0, 10_000, 10_000, 10_000, 10_000], [0, 0, 0, 0, 0, 0, 100]],
  ['a clock that stands or goes back gives nothing', [1_000, 1_000, 1_000, 500], [0, 0, 0, 100]],
])('%s', (_, at, expected) => {
  expect(play(at).waits).toEqual(expected);
});

test('who piles requests up is refused, and told when there is a turn again', () => {
  const at = Array.from({ length: 14 }, () => 0);
  const { waits, allowance } = play(at);
  expect(waits.slice(-2)).toEqual([1_000, null]);
  const turn = takeTurn(allowance, LIMITS, 0);
  expect([turn.kind, Math.round(turn.afterMs)]).toEqual(['refused', 100]);
  expect(takeTurn(turn.allowance, LIMITS, 101).kind).toBe('served');
});

test('one request after the other is never refused, however fast', () => {
  let [now, allowance]: [number, Allowance | null] = [0, null];
  for (let count = 0; count < 200; count += 1) {
    const turn = takeTurn(allowance, LIMITS, now);
    expect(turn.kind).toBe('served');
    [now, allowance] = [now + turn.afterMs, turn.allowance];
  }
  expect(now).toBeGreaterThan(19_000);
});

test('in no span of time is more served than the burst and the limit, and no wait is longer than the longest', () => {
  const gaps = fc.array(fc.nat({ max: 400 }), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (pauses, perSecond, burst) => {
      let now = 0;
      const at = pauses.map((pause) => (now += pause));
      const { waits } = play(at, { perSecond, burst });
      const served = waits.flatMap((wait, index) => (wait === null ? [] : [(at[index] as number) + wait])).sort((a, b) => a - b);
      expect(waits.every((wait) => wait === null || wait <= LONGEST_TURN_MS)).toBe(true);
      served.forEach((from, index) => {
        const within = served.slice(index).filter((moment) => moment < from + 1_000).length;
        expect(within).toBeLessThanOrEqual(burst + perSecond + 1);
      });
    }),
  );
});

test('a client that has its whole burst again is forgotten', () => {
  const { allowance } = play([0, 0]);
  expect([100, 199, 200].map((now) => isRested(allowance as Allowance, LIMITS, now))).toEqual([false, false, true]);
});
