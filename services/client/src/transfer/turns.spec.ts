import type { ContentHash } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

const [one, other] = ['1', '2'] as unknown as [ContentHash, ContentHash];

it('lets works on one content run one after the other, whatever becomes of them, and those on others beside them', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const first = turns.take(one, async () => {
    told.push('first begins');
    await gate.promise;
    told.push('first fails');
    throw new Error('failed');
  });
  const second = turns.take(one, async () => told.push('second'));
  await turns.take(other, async () => told.push('other'));
  expect(told).toEqual(['first begins', 'other']);
  gate.resolve(undefined);
  await expect(first).rejects.toThrow('failed');
  await second;
  await turns.take(one, async () => told.push('third'));
  expect(told).toEqual(['first begins', 'other', 'first fails', 'second', 'third']);
});
