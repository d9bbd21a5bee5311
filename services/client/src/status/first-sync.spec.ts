import type { DirectoryStatus, Status } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { FirstSync } from './first-sync.ts';

const idle = { upload: { files: 0, bytes: 0 }, download: { files: 0, bytes: 0 }, delete: 0 };
const directory = (name: string, state: DirectoryStatus['state'], pending = idle): DirectoryStatus => ({
  name,
  namespace: name,
  local_path: `/${name}`,
  state,
  in_sync: state === 'in_sync',
  cursor: '0',
  pending,
  problems: [],
  conflicts: 0,
  holds: state === 'held' ? 1 : 0,
  frozen: 0,
  watch: { mode: 'events', coverage: 1, reason: null },
  last_sync: null,
});
const status = (...directories: DirectoryStatus[]): Status => ({
  client: 'alice',
  server: { url: 'http://server', reachable: true, epoch: null },
  directories,
});

test('a short one is told once, each directory when it is there', () => {
  const first = new FirstSync(1_000);
  expect(first.look(status(directory('team', 'syncing'), directory('notes', 'in_sync')), 1_500)).toEqual(['notes: in sync']);
  expect(first.isOver).toBe(false);
  expect(first.look(status(directory('team', 'in_sync'), directory('notes', 'syncing')), 1_900)).toEqual(['team: in sync']);
  expect(first.isOver).toBe(true);
});

test('a long one is told every ten seconds with what is left', () => {
  const first = new FirstSync(0);
  const pending = { upload: { files: 1_200, bytes: 3_400_000 }, download: { files: 1, bytes: 10 }, delete: 2 };
  expect(first.look(status(directory('team', 'scanning')), 1_000)).toEqual([]);
  expect(first.look(status(directory('team', 'scanning')), 2_000)).toEqual(['team: still looking at the folder']);
  expect(first.look(status(directory('team', 'syncing', pending)), 11_000)).toEqual([]);
  expect(first.look(status(directory('team', 'syncing', pending)), 12_000)).toEqual([
    'team: still 1,200 files to send (3.2 MiB), 1 file to fetch (10 B), 2 deletions to make',
  ]);
  expect(first.look(status(directory('team', 'offline', pending)), 22_000)).toEqual([]);
  expect(first.look(status(directory('team', 'in_sync')), 23_400)).toEqual(['team: in sync, after 23 s']);
});

test('what is held ends it too', () => {
  const first = new FirstSync(0);
  expect(first.look(status(directory('team', 'held')), 100)).toEqual([
    'team: in sync but for deletions that wait for approval; see "syncpair holds list"',
  ]);
  expect(first.isOver).toBe(true);
});
