import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { arrives, read } from './harness/files.ts';
import { setFileTime } from './harness/file-time.ts';
import { sha256 } from './harness/ledger.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

test('a hundred files go up and down, and edits, deletions and new folders follow [BAS-01]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (let n = 0; n < 100; n += 1) {
    const folder = alice.at(`folder ${n % 7}`, `deep ${n % 3}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${n}.bin`), randomBytes([0, 1, 100, 5_000, 1_000_000][n % 5] as number));
  }
  await until('the last is at bob', () => (read(bob.at('folder 1', 'deep 0', 'file-99.bin')) === null ? undefined : true));
  const tree = await stabilise([alice, bob]);
  expect([...tree.values()].filter(({ kind }) => kind === 'file')).toHaveLength(100);

  writeFileSync(alice.at('folder 0', 'deep 0', 'file-0.bin'), 'edited by alice');
  writeFileSync(bob.at('folder 1', 'deep 1', 'file-1.bin'), 'edited by bob');
  rmSync(bob.at('folder 2', 'deep 2', 'file-2.bin'));
  rmSync(alice.at('folder 3'), { recursive: true });
  mkdirSync(alice.at('empty', 'inside'), { recursive: true });
  await until('the edits cross', () => (read(bob.at('folder 0', 'deep 0', 'file-0.bin')) === 'edited by alice' ? true : undefined));
  await until('the folder is gone', () => (readdirSync(bob.folder).includes('folder 3') ? undefined : true));
  const after = await stabilise([alice, bob]);
  expect(read(alice.at('folder 1', 'deep 1', 'file-1.bin'))).toBe('edited by bob');
  expect(after.has('folder 2/deep 2/file-2.bin')).toBe(false);
  expect(after.get('empty/inside')?.kind).toBe('dir');
  expect([...after.keys()].filter((path) => path.startsWith('folder 3'))).toEqual([]);
});

test('a renamed folder sends no content (R13)', async () => {
  const proxies = [await world.proxy(), await world.proxy()] as const;
  const alice = world.client('alice', { server: proxies[0].url });
  const bob = world.client('bob', { server: proxies[1].url });
  mkdirSync(alice.at('album', 'summer'), { recursive: true });
  const bytes = 40 * 100_000;
  for (let n = 0; n < 40; n += 1) writeFileSync(alice.at('album', 'summer', `${n}.jpg`), randomBytes(100_000));
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  expect(proxies[0].passed.up).toBeGreaterThan(bytes);
  expect(proxies[1].passed.down).toBeGreaterThan(bytes);

  const before = { up: proxies[0].passed.up, down: proxies[1].passed.down };
  renameSync(alice.at('album'), alice.at('pictures'));
  await until('bob has the new name', () => (readdirSync(bob.folder).includes('pictures') ? true : undefined));
  const tree = await stabilise([alice, bob]);
  expect([...tree.keys()].filter((path) => path.startsWith('pictures/summer/'))).toHaveLength(40);
  expect([...tree.keys()].filter((path) => path.startsWith('album'))).toEqual([]);
  // One content alone would be more than this.
  expect(proxies[0].passed.up - before.up).toBeLessThan(100_000);
  expect(proxies[1].passed.down - before.down).toBeLessThan(100_000);
});

test('links, the executable bit and times are carried as they are [CON-05]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('folder'));
  writeFileSync(alice.at('folder', 'inside'), 'inside');
  const links = {
    dangling: 'no/such/thing',
    'to-folder': 'folder',
    'loop-a': 'loop-b',
    'loop-b': 'loop-a',
    outside: '/etc/passwd',
    up: '..',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, alice.at(name));
  writeFileSync(alice.at('tool.sh'), '#!/bin/sh\n');
  chmodSync(alice.at('tool.sh'), 0o755);
  const times = {
    'old.txt': -2_177_452_800_000_000_000n,
    'far.txt': 4_102_444_800_000_000_000n,
    'fine.txt': 1_700_000_000_123_456_789n,
    'before.txt': -1_500_000_000n,
    'epoch.txt': 0n,
  };
  for (const [name, time] of Object.entries(times)) {
    writeFileSync(alice.at(name), name);
    setFileTime(alice.at(name), time);
  }
  await until('everything is at bob', () => (Object.keys(times).every((name) => read(bob.at(name)) === name) ? true : undefined));
  await stabilise([alice, bob]);
  for (const [name, target] of Object.entries(links)) expect(readlinkSync(bob.at(name))).toBe(target);
  // A file system may not hold a time of 1901; what it makes of it is the same on both sides.
  const timeOf = (path: string): number => statSync(path).mtimeMs;
  for (const name of Object.keys(times)) expect(Math.abs(timeOf(bob.at(name)) - timeOf(alice.at(name)))).toBeLessThan(1);
  expect(timeOf(bob.at('fine.txt'))).toBeCloseTo(1_700_000_000_123.456, 0);
  expect(statSync(bob.at('tool.sh')).mode & 0o111).not.toBe(0);
  expect(statSync(bob.at('old.txt')).mode & 0o111).toBe(0);

  chmodSync(bob.at('tool.sh'), 0o644);
  await until('the bit is gone', () => ((statSync(alice.at('tool.sh')).mode & 0o100) === 0 ? true : undefined));
  chmodSync(alice.at('old.txt'), 0o755);
  await until('the bit came', () => ((statSync(bob.at('old.txt')).mode & 0o100) === 0 ? undefined : true));
  writeFileSync(alice.at('far.txt'), 'edited after its future');
  await arrives(bob.at('far.txt'), 'edited after its future');
  await stabilise([alice, bob]);
});

const NAMES = [
  'two words',
  ' leading and trailing ',
  'new\nline',
  'tab\there',
  'quote"double\'single`back',
  '-rf',
  '--help',
  '%2e%2F',
  'a;b&c#d?e*f[g]{h}$i',
  '~tilde',
  'dot.',
  '🎉 party',
  'right‏to‏left',
  'é',
  'e\u0301',
  'ﬁ',
  'CON',
  'a:b',
  'ß'.repeat(127) + 'x',
  'x'.repeat(255),
  '.hidden',
  '...',
];

test('every name is carried exactly (R31) [FSN-01]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  for (const name of NAMES) writeFileSync(alice.at(name), `content of ${name}`);
  mkdirSync(alice.at('in', ...NAMES.slice(0, 4)), { recursive: true });
  const lacks = (folder: string, text: string): string[] => NAMES.filter((name) => read(join(folder, name)) !== text + name);
  const all = (folder: string, text: string): Promise<void> =>
    vi.waitFor(() => expect(lacks(folder, text)).toEqual([]), { timeout: 30_000, interval: 50 });
  await all(bob.folder, 'content of ');
  await stabilise([alice, bob]);
  for (const name of NAMES) writeFileSync(bob.at(name), `edited ${name}`);
  await all(alice.folder, 'edited ');
  mkdirSync(alice.at('renamed'));
  for (const name of NAMES) renameSync(alice.at(name), alice.at('renamed', name));
  await all(bob.at('renamed'), 'edited ');
  for (const name of NAMES) renameSync(bob.at('renamed', name), bob.at(`${name.slice(0, 120)}!`));
  await until('they have new names', () => (NAMES.every((name) => read(alice.at(`${name.slice(0, 120)}!`)) !== null) ? true : undefined));
  await stabilise([alice, bob]);
  for (const name of NAMES) expect(read(alice.at(`${name.slice(0, 120)}!`))).toBe(`edited ${name}`);
  for (const name of NAMES) rmSync(alice.at(`${name.slice(0, 120)}!`));
  rmSync(bob.at('in'), { recursive: true });
  rmSync(bob.at('renamed'), { recursive: true });
  await until('all is gone', () => (readdirSync(bob.folder).every((name) => name.startsWith('.syncpair')) ? true : undefined));
  expect((await stabilise([alice, bob])).size).toBe(0);
  // A name writes no lines of its own into a log.
  for (const line of (alice.log + bob.log).split('\n')) expect(line).toMatch(/^(\d{4}-\d\d-\d\dT\S+Z +(DEBUG|INFO|WARN) |$)/);
});

test('an empty file stays empty, fills and empties [FSN-10]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('zero'), '');
  await arrives(bob.at('zero'), '');
  writeFileSync(bob.at('zero'), 'filled');
  await arrives(alice.at('zero'), 'filled');
  writeFileSync(alice.at('zero'), '');
  await arrives(bob.at('zero'), '');
  await stabilise([alice, bob]);
});

describe('a path changes its kind', () => {
  const KINDS = ['file', 'dir', 'link'] as const;
  type Kind = (typeof KINDS)[number];
  const PAIRS = KINDS.flatMap((from) => KINDS.filter((to) => to !== from).map((to) => [from, to] as const));

  const make = (path: string, kind: Kind): void => {
    if (kind === 'file') writeFileSync(path, `a file, ${basename(path)}`);
    else if (kind === 'link') symlinkSync('a-target', path);
    else {
      mkdirSync(path);
      writeFileSync(join(path, 'child'), `a child, ${basename(path)}`);
    }
  };
  const kindOf = (path: string): Kind | null => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : stats.isDirectory() ? 'dir' : stats.isSymbolicLink() ? 'link' : 'file';
  };

  test.each(['live', 'while the client is stopped'])('%s [FSN-13]', async (when) => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (const [from, to] of PAIRS) make(alice.at(`${from}-${to}`), from);
    await until('all are at bob', () => (PAIRS.every(([from, to]) => kindOf(bob.at(`${from}-${to}`)) === from) ? true : undefined));
    await stabilise([alice, bob]);
    if (when !== 'live') await alice.stop();
    for (const [from, to] of PAIRS) {
      rmSync(alice.at(`${from}-${to}`), { recursive: true });
      make(alice.at(`${from}-${to}`), to);
    }
    if (when !== 'live') await alice.start();
    await until('all have changed at bob', () => (PAIRS.every(([from, to]) => kindOf(bob.at(`${from}-${to}`)) === to) ? true : undefined));
    await stabilise([alice, bob]);
    expect(await alice.conflicts()).toEqual([]);
    const history = (await bob.history()).map(({ hash }) => hash);
    for (const [from, to] of PAIRS) {
      if (from === 'file') expect(history).toContain(sha256(`a file, ${from}-${to}`));
      if (from === 'dir') expect(history).toContain(sha256(`a child, ${from}-${to}`));
      if (to === 'file') expect(read(bob.at(`${from}-${to}`))).toBe(`a file, ${from}-${to}`);
    }
  });
});

test('a change travels at once, whatever the interval [BAS-06]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3600 } });
  for (let n = 0; n < 5; n += 1) {
    writeFileSync(alice.at('live.txt'), `round ${n}`);
    await arrives(bob.at('live.txt'), `round ${n}`);
  }
  writeFileSync(bob.at('live.txt'), 'and back');
  await arrives(alice.at('live.txt'), 'and back');
});

test('a loop of appends ends in the right content, with far fewer versions than writes (R39)', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  let text = '';
  for (let n = 0; n < 2_000; n += 1) {
    text += `line ${n}\n`;
    writeFileSync(alice.at('log.txt'), text);
  }
  await arrives(bob.at('log.txt'), text);
  await stabilise([alice, bob]);
  expect((await alice.history('log.txt')).length).toBeLessThan(100);
});
