import { expect, test } from 'vitest';
import { EventFlood } from './event-flood.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('as many events as half the queue in one turn are a flood, told once to everybody who listens', async () => {
  const flood = new EventFlood(10);
  const told: string[] = [];
  const stop = flood.listen((reason) => told.push(`one: ${reason}`));
  flood.listen((reason) => told.push(`two: ${reason}`));
  for (let n = 0; n < 7; n += 1) flood.note();
  expect(told).toEqual([]);
  await nextTurn();
  expect(told.map((line) => line.slice(0, 6))).toEqual(['one: 7', 'two: 7']);
  stop();
  for (let n = 0; n < 5; n += 1) flood.note();
  await nextTurn();
  expect(told).toHaveLength(3);
});

test('fewer are none, however many turns bring them', async () => {
  const flood = new EventFlood(10);
  const told: string[] = [];
  flood.listen((reason) => told.push(reason));
  for (let turn = 0; turn < 5; turn += 1) {
    for (let n = 0; n < 4; n += 1) flood.note();
    await nextTurn();
  }
  expect(told).toEqual([]);
});
