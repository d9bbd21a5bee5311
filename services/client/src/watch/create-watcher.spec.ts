import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWatcher } from './create-watcher.ts';
import { networkKind } from './network-file-system.ts';

test.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE'],
  [0xef53, null], // ext4
  [0x01021994, null], // tmpfs
  [0x9123683e, null], // btrfs
  [0x794c7630, null], // overlayfs
])('file system %i is %s', (type, kind) => {
  expect(networkKind(type)).toBe(kind);
});

test('a folder that is to be polled is not watched, says so, and counts as uncovered', async () => {
  const root = await mkdtemp(join(tmpdir(), 'syncpair-poll-'));
  const hints: unknown[] = [];
  const watcher = createWatcher({ root, prunes: () => false }, 'polling');
  await watcher.start((hint) => hints.push(hint));
  await writeFile(join(root, 'file'), 'x');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(hints).toEqual([]);
  expect([watcher.coverage(), watcher.reason(), [...watcher.uncovered()]]).toEqual([
    0,
    'the configuration says so (watch: polling)',
    [null],
  ]);
  await watcher.close();
  await rm(root, { recursive: true });
});

test.each(['auto', 'events'] as const)('a local folder is watched with watch: %s', async (mode) => {
  const root = await mkdtemp(join(tmpdir(), 'syncpair-poll-'));
  const watcher = createWatcher({ root, prunes: () => false }, mode);
  await watcher.start(() => undefined);
  expect([watcher.coverage(), watcher.reason()]).toEqual([1, null]);
  await watcher.close();
  await rm(root, { recursive: true });
});
