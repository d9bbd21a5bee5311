import type { ContentHash } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import { SpareBatches } from './spare-batches.ts';

const content = (bytes: number) => ({ hash: 'ab'.repeat(32) as ContentHash, bytes: Buffer.alloc(bytes) });

it('gives memory that was worth keeping to the next who asks, empty', () => {
  const spares = new SpareBatches();
  const batch = spares.take();
  batch.add(content(2_000_000));
  spares.giveBack(batch);
  expect(spares.take()).toBe(batch);
  expect(batch.length).toBe(0);
  expect(spares.take()).not.toBe(batch);
});

it('keeps few batches, and none that are small', () => {
  const spares = new SpareBatches();
  const batches = [2_000_000, 2_000_000, 2_000_000, 1_000].map((bytes) => {
    const batch = spares.take();
    batch.add(content(bytes));
    return batch;
  });
  for (const batch of batches) spares.giveBack(batch);
  expect(batches.map(({ room }) => room > 0)).toEqual([true, true, false, false]);
});
