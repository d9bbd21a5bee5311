import { expect, test } from 'vitest';
import { SETTLE_MS, SteadyClock } from './steady-clock.ts';

const YEAR = 365 * 86_400_000;

function clockAt(): { clock: SteadyClock; pass: (ms: number) => void; set: (ms: number) => void } {
  let wall = Date.parse('2026-03-01T00:00:00Z');
  let monotonic = 5_000;
  const clock = new SteadyClock(
    () => wall,
    () => monotonic,
  );
  return {
    clock,
    pass: (ms) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms) => (wall += ms),
  };
}

test('a clock is trusted after it has gone evenly for a while (R63)', () => {
  const { clock, pass, set } = clockAt();
  expect(clock.look()).toBe('settling');
  pass(SETTLE_MS - 1);
  expect(clock.look()).toBe('settling');
  set(500);
  pass(1);
  expect(clock.look()).toBe('steady');
  pass(YEAR);
  expect(clock.look()).toBe('steady');
});

test.each([YEAR, -YEAR, 120_000])('one that is set by %d ms has to settle again, and so does one that is put right (R63)', (jump) => {
  const { clock, pass, set } = clockAt();
  pass(SETTLE_MS);
  set(jump);
  expect(clock.look()).toBe('jumped');
  pass(60_000);
  expect(clock.look()).toBe('settling');
  set(-jump);
  expect(clock.look()).toBe('jumped');
  pass(SETTLE_MS);
  expect(clock.look()).toBe('steady');
});
