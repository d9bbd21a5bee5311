import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

test('what was opened last is closed first, each once', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  for (const name of ['lock', 'database', 'app']) closers.add(() => void closed.push(name));
  await Promise.all([closers.closeAll(), closers.closeAll()]);
  expect(closed).toEqual(['app', 'database', 'lock']);
});

test('one that fails does not keep the others open, and is told', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  closers.add(() => void closed.push('lock'));
  closers.add(() => Promise.reject(new Error('the database hangs')));
  closers.add(() => void closed.push('app'));
  await expect(closers.closeAll()).rejects.toThrow('the database hangs');
  expect(closed).toEqual(['app', 'lock']);
});

test('one that takes too long does not keep the others waiting', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  let end = (): void => undefined;
  closers.add(() => {
    closed.push('database');
    end();
  });
  closers.add(() => new Promise<void>((resolve) => (end = resolve)).then(() => void closed.push('app')), 50);
  await closers.closeAll();
  expect(closed).toEqual(['database', 'app']);
});
