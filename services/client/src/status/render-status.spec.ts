import type { DirectoryStatus, Status } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { styleFor } from '../cli/terminal.ts';
import { renderStatus } from './render-status.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const quiet: DirectoryStatus = {
  name: 'team',
  namespace: 'team',
  local_path: '/home/alice/team',
  state: 'in_sync',
  in_sync: true,
  cursor: '123',
  pending: { upload: { files: 0, bytes: 0 }, download: { files: 0, bytes: 0 }, delete: 0 },
  problems: [],
  conflicts: 0,
  holds: 0,
  frozen: 0,
  watch: { mode: 'events', coverage: 1, reason: null },
  last_sync: new Date(NOW - 3_000).toISOString(),
};
const status = (...directories: DirectoryStatus[]): Status => ({
  client: 'alice',
  server: { url: 'http://localhost:8080', reachable: true, epoch: 'e' },
  directories,
});
const render = (value: Status): string[] => renderStatus(value, { now: NOW, style: styleFor(false), file: 'config.yaml' });

test('says little when there is little to say', () => {
  expect(render(status(quiet))).toEqual([
    'client  alice',
    'server  http://localhost:8080 (reachable)',
    '',
    'team  in sync',
    '  folder     /home/alice/team',
    '  last sync  3 s ago, at commit 123',
  ]);
});

test('tells everything that is not as it should be, and the command that goes on', () => {
  const busy: DirectoryStatus = {
    ...quiet,
    name: 'notes',
    namespace: 'alice:notes',
    state: 'held',
    in_sync: false,
    pending: { upload: { files: 2, bytes: 2048 }, download: { files: 1, bytes: 10 }, delete: 3 },
    problems: [{ path: 'a\n\u001b[31mb', code: 'EACCES', message: 'permission denied' }],
    conflicts: 2,
    holds: 1,
    frozen: 1,
    watch: { mode: 'events', coverage: 0.999, reason: null },
    last_sync: null,
  };
  expect(render({ ...status(busy), server: { url: 'http://x', reachable: false, epoch: null } })).toEqual([
    'client  alice',
    'server  http://x (not reachable)',
    '',
    'notes  held',
    '  folder     /home/alice/team as alice:notes',
    '  last sync  never',
    '  pending    2 files up (2.0 KiB), 1 file down (10 B), 3 deletions',
    '  watching   99 % of the folders; the others are scanned at every interval',
    '  held       1 mass change waits; see "syncpair holds list --file config.yaml"',
    '  conflicts  2; see "syncpair conflicts list --file config.yaml --directory notes"',
    '  ignored    1 path that was in sync before; left as it is',
    '  problems   1',
    '    EACCES  a\\n\\u{1b}[31mb: permission denied',
  ]);
});

test('tells the limits that hold now', () => {
  const limits = (bandwidth: Status['bandwidth']): string | undefined => render({ ...status(quiet), bandwidth })[2];
  const at = new Date(2026, 2, 2, 18, 0).getTime();
  const until = (now: number): string | undefined =>
    renderStatus(
      { ...status(quiet), bandwidth: { upload: 500_000, download: 2_000_000, changes_at: new Date(at).toISOString() } },
      { now, style: styleFor(false), file: 'config.yaml' },
    )[2];
  expect(limits({ upload: 500_000, download: null, changes_at: null })).toBe('limits  500 KB/s up');
  expect(until(at - 60_000)).toBe('limits  500 KB/s up, 2 MB/s down, until 18:00');
  expect(until(at - 24 * 3_600_000)).toBe('limits  500 KB/s up, 2 MB/s down, until Mon 18:00');
  expect([limits(null), limits(undefined)]).toEqual(['', '']);
});

test('says that no client runs, and how to start one', () => {
  const [first] = render({ ...status({ ...quiet, state: 'offline', in_sync: false }), running: false });
  expect(first).toBe('client  alice (not running; start it with "syncpair client --file config.yaml")');
  expect(render({ ...status(quiet), running: true })[0]).toBe('client  alice');
});

test('never says "in sync" of what is not (R40)', () => {
  expect(render(status({ ...quiet, in_sync: false })).join('\n')).not.toMatch(/in sync/);
});

test('tells a path that cannot travel from a directory that does not work', () => {
  const of = (path: string): string | undefined =>
    render(status({ ...quiet, state: 'error', in_sync: false, problems: [{ path, code: 'EIO', message: 'm' }] })).find((line) =>
      line.startsWith('team'),
    );
  expect([of('a.txt'), of('.')]).toEqual(['team  1 path has a problem', 'team  error']);
});

test('shortens a long list of problems', () => {
  const problems = Array.from({ length: 25 }, (_, n) => ({ path: `f${n}`, code: 'EIO', message: 'm' }));
  expect(render(status({ ...quiet, problems })).at(-1)).toBe('    … and 5 more; --json lists all');
});
