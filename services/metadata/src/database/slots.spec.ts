import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('a place that is given goes to whoever waits longest, and to nobody who has given up', async () => {
  const slots = new Slots(1);
  await slots.take();
  const had: string[] = [];
  expect(await slots.takeWithin(1)).toBe(false);
  const first = slots.takeWithin(60_000).then(() => had.push('first'));
  const second = slots.take().then(() => had.push('second'));
  slots.give();
  await first;
  expect(had).toEqual(['first']);
  slots.give();
  await second;
  expect(had).toEqual(['first', 'second']);
  slots.give();
  expect(await slots.takeWithin(1)).toBe(true);
});
