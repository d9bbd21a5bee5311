import { expect, test } from 'vitest';
import { Seats } from './seats.ts';

/** Who works at the moment, in seats of which there are `count`. */
function make(count: number) {
  const now = { count };
  const timers: (() => void)[] = [];
  const clock = { wall: () => 0, monotonic: () => 0, after: (_: number, callback: () => void) => (timers.push(callback), () => undefined) };
  const seats = new Seats(clock, () => now.count);
  const working = new Map<string, () => void>();
  const come = async (name: string, signal?: AbortSignal): Promise<void> => {
    const leave = await seats.take(signal);
    working.set(name, leave);
  };
  const go = (name: string): void => {
    working.get(name)?.();
    working.delete(name);
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const seen = async (): Promise<string> => {
    await settled();
    return [...working.keys()].join(' ');
  };
  return { now, come, go, seen, tick: () => timers.splice(0).forEach((timer) => timer()) };
}

test('as many work as there are seats, the others in the order in which they came', async () => {
  const { come, go, seen } = make(2);
  for (const name of ['a', 'b', 'c', 'd']) void come(name);
  expect(await seen()).toBe('a b');
  go('a');
  expect(await seen()).toBe('b c');
  void come('e');
  go('b');
  go('c');
  expect(await seen()).toBe('d e');
});

test('where there come to be more seats, those who wait hear of it', async () => {
  const { now, come, seen, tick } = make(1);
  for (const name of ['a', 'b', 'c', 'd']) void come(name);
  now.count = Infinity;
  expect(await seen()).toBe('a');
  tick();
  expect(await seen()).toBe('a b c d');
});

test('fewer seats drive nobody away', async () => {
  const { now, come, go, seen } = make(2);
  for (const name of ['a', 'b', 'c']) void come(name);
  now.count = 1;
  expect(await seen()).toBe('a b');
  go('a');
  expect(await seen()).toBe('b');
  go('b');
  expect(await seen()).toBe('c');
});

test('who is given up waits no longer, and takes nobody’s seat for ever', async () => {
  const { come, go, seen } = make(1);
  const end = new AbortController();
  void come('a');
  void come('b', end.signal);
  void come('c');
  expect(await seen()).toBe('a');
  end.abort();
  expect(await seen()).toBe('a b');
  void come('d', end.signal);
  expect(await seen()).toBe('a b d');
  for (const name of ['b', 'd']) go(name);
  expect(await seen()).toBe('a');
  go('a');
  expect(await seen()).toBe('c');
});
