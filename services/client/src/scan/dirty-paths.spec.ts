import type { RelativePath } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { DirtyPaths } from './dirty-paths.ts';

const A = 'a' as RelativePath;

test('a file that was read in vain is let rest anew, for longer than the reading took (R39)', () => {
  const dirty = new DirtyPaths();
  dirty.mark(A, 1_000);
  dirty.settle(A, 6_000);
  expect(dirty.waited(A, 6_000)).toBe(5_000);
  dirty.postpone(A, 16_000, 10_000);
  dirty.mark(A, 16_001);
  expect(dirty.waited(A, 16_000)).toBe(0);
  expect(dirty.nextDue()).toBe(36_000);
  expect(dirty.due(35_999, 10)).toEqual([]);
  expect(dirty.due(36_000, 10)).toEqual([A]);
  expect(dirty.waited(A, 36_000)).toBe(20_000);
});

test('a file that was read in vain quickly is looked at soon, and less and less soon', () => {
  const dirty = new DirtyPaths();
  dirty.mark(A, 0);
  const waits: number[] = [];
  for (let now = 10, count = 0; count < 10; count++) {
    dirty.postpone(A, now, 1);
    waits.push((dirty.nextDue() as number) - now);
    now = dirty.nextDue() as number;
  }
  expect(waits).toEqual([20, 40, 80, 160, 320, 640, 1_280, 2_000, 2_000, 2_000]);
});
