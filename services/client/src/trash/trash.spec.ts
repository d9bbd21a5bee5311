import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentHash, RelativePath } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalDisk } from '../disk/local-disk.ts';
import { silentLogger } from '../log/logger.ts';
import { systemClock } from '../runtime/clock.ts';
import { TRASH_BOUNDS } from './choose-expendable.ts';
import { hashOfFile } from './hash-of-file.ts';
import { listTrash } from './list-trash.ts';
import { restoreItem } from './restore-item.ts';
import type { TrashItem } from './trash-item.ts';
import { TrashKeeper } from './trash-keeper.ts';

let root: string;
const at = (...names: string[]): string => join(root, ...names);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'syncpair-trash-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Puts a file aside as a client does. */
async function putAside(path: string, text: string, time = '2026-01-02T03:04:05.000Z'): Promise<TrashItem> {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
  const disk = new LocalDisk(root);
  const [seen] = await disk.stat([path as RelativePath]);
  const stamp = (seen as { stamp: string }).stamp;
  const [result] = await disk.apply([
    { op: 'remove', path: path as RelativePath, expected: { stamp }, keep: { reason: 'a test', at: time } },
  ]);
  expect(result?.status).toBe('done');
  await disk.close();
  return (await listTrash(root)).find((item) => item.path === path) as TrashItem;
}
const clean = async (): Promise<void> => {
  const disk = new LocalDisk(root);
  await disk.clean();
  await disk.close();
};

test('what is put aside is listed with its path, stays over a restart, and comes back', async () => {
  const item = await putAside('docs/a.txt', 'only here');
  expect(existsSync(at('docs/a.txt'))).toBe(false);
  expect(item).toMatchObject({ path: 'docs/a.txt', whole: true, size: 9, since: '2026-01-02T03:04:05.000Z', reason: 'a test' });
  await clean();
  rmSync(at('docs'), { recursive: true });
  expect(await restoreItem(root, item)).toEqual({ outcome: 'restored', path: 'docs/a.txt' });
  expect(readFileSync(at('docs/a.txt'), 'utf8')).toBe('only here');
  expect(await listTrash(root)).toEqual([]);
  expect(readdirSync(at('.syncpair_trash'))).toEqual([]);
});

test('nothing is overwritten, and no link is followed', async () => {
  const item = await putAside('docs/a.txt', 'old');
  writeFileSync(at('docs/a.txt'), 'another');
  const restored = await restoreItem(root, item);
  expect(restored.outcome).toBe('beside');
  expect(readFileSync(at(restored.path), 'utf8')).toBe('old');
  expect(readFileSync(at('docs/a.txt'), 'utf8')).toBe('another');

  const second = await putAside('docs/b.txt', 'same');
  writeFileSync(at('docs/b.txt'), 'same');
  expect((await restoreItem(root, second)).outcome).toBe('same');

  const third = await putAside('docs/c.txt', 'third');
  rmSync(at('docs'), { recursive: true });
  symlinkSync(tmpdir(), at('docs'));
  await expect(restoreItem(root, third)).rejects.toThrow('docs is no folder any more');
  expect(await listTrash(root)).toHaveLength(1);
});

test('what a crash leaves between two steps is kept or goes, and never half listed', async () => {
  await putAside('a.txt', 'first');
  mkdirSync(at('.syncpair_trash/kept-empty'));
  writeFileSync(at('.syncpair_trash/kept-empty/about.json'), '{}');
  writeFileSync(at('.syncpair_trash/AbCdEfGhIjKl-b.txt'), 'captured');
  writeFileSync(at('c.txt'), 'has its name');
  linkSync(at('c.txt'), at('.syncpair_trash/AbCdEfGhIjKm-c.txt'));
  const listed = (await listTrash(root)).map(({ path, whole }) => [path, whole]);
  expect(listed).toEqual(
    expect.arrayContaining([
      ['a.txt', true],
      ['b.txt', false],
    ]),
  );
  expect(listed).toHaveLength(2);
  await clean();
  expect(await listTrash(root)).toHaveLength(2);
  expect(readdirSync(at('.syncpair_trash'))).toHaveLength(2);
});

test('what is old goes when the server has it, and stays for ever when it has not', async () => {
  const old = new Date(Date.now() - TRASH_BOUNDS.age - 1_000).toISOString();
  const there = await putAside('there.txt', 'on the server', old);
  await putAside('here.txt', 'only here', old);
  await putAside('young.txt', 'on the server too', new Date().toISOString());
  const known = new Set<ContentHash>([await hashOfFile(there.file)]);
  const asked: number[] = [];
  const keeper = new TrashKeeper({
    name: 'team',
    localPath: root,
    clock: systemClock,
    log: silentLogger,
    onServer: (contents) => {
      asked.push(contents.length);
      return Promise.resolve(new Set(contents.filter((hash) => known.has(hash))));
    },
  });
  expect(await keeper.look()).toBe(1);
  expect(asked).toEqual([2]);
  expect((await listTrash(root)).map(({ path }) => path).sort()).toEqual(['here.txt', 'young.txt']);
});
