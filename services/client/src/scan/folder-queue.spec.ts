import type { RelativePath } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { FolderQueue } from './folder-queue.ts';

const [A, B] = ['a', 'b'] as RelativePath[] as [RelativePath, RelativePath];

/** A queue with a folder whose listing is under way. */
function listing(folder: RelativePath | null) {
  const queue = new FolderQueue();
  queue.add(folder, { due: 5, deep: true });
  return { queue, folders: queue.due(5, 10) };
}

test('each folder waits once, for the earliest time and as deep as anyone asked', () => {
  const queue = new FolderQueue();
  queue.add(A, { due: 20, deep: true });
  queue.add(A, { due: 10, deep: false });
  queue.add(B, { due: 30, deep: false });
  expect(queue.nextDue()).toBe(10);
  expect(queue.due(9, 10)).toEqual([]);
  expect(queue.due(30, 1)).toEqual([{ path: A, due: 10, deep: true }]);
  expect(queue.due(30, 1)).toEqual([{ path: B, due: 30, deep: false }]);
  expect(queue.due(30, 1)).toEqual([]);
});

test.each([null, A])('a folder counts while its listing is under way (%s)', (folder) => {
  const { queue, folders } = listing(folder);
  expect(queue.isEmpty).toBe(false);
  expect(queue.has(folder)).toBe(true);
  expect(queue.has(B)).toBe(false);
  expect(queue.nextDue()).toBeNull();
  expect(queue.due(100, 10)).toEqual([]);
  queue.done(folders);
  expect(queue.isEmpty).toBe(true);
  expect(queue.has(folder)).toBe(false);
});

test('a folder that is told of while its listing is under way is listed once more', () => {
  const { queue, folders } = listing(A);
  queue.add(A, { due: 7, deep: false });
  queue.done(folders);
  expect(queue.isEmpty).toBe(false);
  expect(queue.has(A)).toBe(true);
  expect(queue.due(7, 10)).toEqual([{ path: A, due: 7, deep: false }]);
});

test('only the folders whose listings ended are done', () => {
  const { queue, folders } = listing(A);
  queue.add(B, { due: 6, deep: false });
  const others = queue.due(6, 10);
  queue.done(folders);
  expect([queue.has(A), queue.has(B), queue.isEmpty]).toEqual([false, true, false]);
  queue.done(others);
  expect(queue.isEmpty).toBe(true);
});
