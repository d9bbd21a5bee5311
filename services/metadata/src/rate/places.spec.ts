import { expect, test } from 'vitest';
import { Places } from './places.ts';

/** Takes so many places; tells which were had, as soon as they were. */
function takeMany(places: Places, client: string, count: number): { had: Set<number>; leave: (() => void)[] } {
  const had = new Set<number>();
  const leave = Array.from({ length: count }, (_, index) => {
    const taken = places.take(client);
    void taken.had.then(() => had.add(index));
    return taken.leave;
  });
  return { had, leave };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a client has eight places; who waits longest gets the next one that is free', async () => {
  const places = new Places();
  const { had, leave } = takeMany(places, 'a', 10);
  await settled();
  expect([...had]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  leave[3]?.();
  await settled();
  expect(had.has(8) && !had.has(9)).toBe(true);
});

test('clients do not share places', async () => {
  const places = new Places();
  takeMany(places, 'a', 30);
  const { had } = takeMany(places, 'b', 8);
  await settled();
  expect(had.size).toBe(8);
});

test('who goes away while it waits leaves no gap, and a client that is gone begins anew', async () => {
  const places = new Places();
  const { had, leave } = takeMany(places, 'a', 10);
  leave[8]?.();
  leave[0]?.();
  await settled();
  expect(had.has(9) && !had.has(8)).toBe(true);
  for (const index of [1, 2, 3, 4, 5, 6, 7, 9]) leave[index]?.();
  const again = takeMany(places, 'a', 8);
  await settled();
  expect(again.had.size).toBe(8);
});

test('what is more than can wait is refused, with the time to wait, and only for that client', () => {
  const places = new Places();
  takeMany(places, 'a', 8 + 256);
  expect(() => places.take('a')).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 }));
  expect(() => places.take('b')).not.toThrow();
});
