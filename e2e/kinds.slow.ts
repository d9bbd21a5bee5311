import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { inSync } from './harness/in-sync.ts';
import { memoryOf } from './harness/memory.ts';
import { problemsOf, reported } from './harness/problems.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const MIB = 1024 * 1024;

const world = useWorld({ testTimeout: 600_000 });

test('sockets, FIFOs and devices are skipped with a report, at a start and live, and nothing waits for them [FSN-07]', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob');
  execFileSync('mkfifo', [alice.at('early pipe')]);
  writeFileSync(alice.at('beside'), 'beside');
  const expected = ['early pipe', 'late pipe', 'socket'];
  await Promise.all([alice.start(), bob.start()]);
  await arrives(bob.at('beside'), 'beside');
  execFileSync('mkfifo', [alice.at('late pipe')]);
  execFileSync('python3', ['-c', 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', 'socket'], { cwd: alice.folder });
  if (process.getuid?.() === 0) {
    execFileSync('mknod', [alice.at('device'), 'c', '1', '3']);
    expected.push('device');
  }
  await reported(alice, ...expected);
  expect((await problemsOf(alice)).every(({ code }) => code === 'special_file')).toBe(true);
  writeFileSync(alice.at('after'), 'after');
  await arrives(bob.at('after'), 'after');
  await inSync([alice, bob]);
  expect(readdirSync(bob.folder).filter((name) => !name.startsWith('.syncpair'))).toEqual(['after', 'beside']);
});

test('hard links: an edit of one name reaches all of them, and an edit from elsewhere changes no other name [FSN-08]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('one'), 'first');
  linkSync(alice.at('one'), alice.at('two'));
  await arrives(bob.at('two'), 'first');
  await stabilise([alice, bob]);
  appendFileSync(alice.at('one'), ' and in place');
  await arrives(bob.at('one'), 'first and in place');
  await arrives(bob.at('two'), 'first and in place');
  writeFileSync(alice.at('.new'), 'renamed over');
  renameSync(alice.at('.new'), alice.at('one'));
  await arrives(bob.at('one'), 'renamed over');
  expect(read(bob.at('two'))).toBe('first and in place');
  await stabilise([alice, bob]);

  linkSync(bob.at('two'), bob.at('three'));
  await arrives(alice.at('three'), 'first and in place');
  await stabilise([alice, bob]);
  writeFileSync(alice.at('three'), 'from elsewhere');
  await arrives(bob.at('three'), 'from elsewhere');
  expect(read(bob.at('two'))).toBe('first and in place');
  await stabilise([alice, bob]);
});

test('a sparse file arrives right, in flat memory, and mostly as holes [FSN-09]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const size = 600 * MIB;
  const file = openSync(alice.at('.unfinished'), 'w');
  ftruncateSync(file, size);
  const parts = [0, 123_456_789, 400 * MIB + 17, size - 5];
  for (const at of parts) writeSync(file, Buffer.from(`at ${at}`.slice(0, size - at)), 0, null, at);
  closeSync(file);
  renameSync(alice.at('.unfinished'), alice.at('sparse'));
  await until('it is there', () => (existsSync(bob.at('sparse')) ? true : undefined), { within: 300_000 });
  await stabilise([alice, bob], { within: 300_000 });
  expect(statSync(bob.at('sparse')).size).toBe(size);
  expect(statSync(bob.at('sparse')).blocks * 512).toBeLessThan(size / 10);
  for (const client of [alice, bob]) expect(memoryOf(client.process.pid).peak).toBeLessThan(450 * MIB);
});

test('permissions are not widened, setuid never comes along, and an owner stays [FSN-11]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('private'), 'first', { mode: 0o600 });
  writeFileSync(alice.at('setuid'), 'first');
  chmodSync(alice.at('setuid'), 0o4755);
  writeFileSync(alice.at('kept'), 'first');
  for (const name of ['private', 'setuid', 'kept']) await arrives(bob.at(name), 'first');
  await stabilise([alice, bob]);
  expect(statSync(bob.at('setuid')).mode & 0o7777).toBe(0o755);
  chmodSync(bob.at('private'), 0o600);
  chmodSync(bob.at('kept'), 0o4640);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    chownSync(bob.at('private'), 1_234, 4_321);
    chmodSync(bob.at('private'), 0o600);
  }
  await stabilise([alice, bob]);
  for (const name of ['private', 'setuid', 'kept']) writeFileSync(alice.at(name), 'second');
  for (const name of ['private', 'setuid', 'kept']) await arrives(bob.at(name), 'second');
  await stabilise([alice, bob]);
  const stats = statSync(bob.at('private'));
  expect(stats.mode & 0o7777).toBe(0o600);
  if (isRoot) expect([stats.uid, stats.gid]).toEqual([1_234, 4_321]);
  expect(statSync(bob.at('kept')).mode & 0o7777).toBe(0o640);
  chmodSync(alice.at('private'), 0o700);
  await until('it may be executed', () => ((statSync(bob.at('private')).mode & 0o100) === 0 ? undefined : true));
  expect(statSync(bob.at('private')).mode & 0o077).toBe(0);
});

test('empty folders, two hundred levels, a folder of many names, and one that is removed and made again [FSN-12]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const deep = Array.from({ length: 200 }, (_, n) => `d${n}`).join('/');
  mkdirSync(alice.at(deep), { recursive: true });
  writeFileSync(alice.at(deep, 'bottom'), 'bottom');
  mkdirSync(alice.at('empty', 'inside'), { recursive: true });
  mkdirSync(alice.at('many'));
  for (let n = 0; n < 10_000; n += 1) writeFileSync(alice.at('many', `file ${n}`), `${n}`);
  await until('all are there', () => (existsSync(bob.at('many')) && readdirSync(bob.at('many')).length === 10_000 ? true : undefined), {
    within: 240_000,
  });
  await arrives(bob.at(deep, 'bottom'), 'bottom');
  expect(statSync(bob.at('empty', 'inside')).isDirectory()).toBe(true);
  await stabilise([alice, bob], { within: 120_000 });
  rmSync(alice.at('empty'), { recursive: true });
  mkdirSync(alice.at('empty', 'inside'), { recursive: true });
  writeFileSync(alice.at('empty', 'inside', 'new'), 'new');
  await arrives(bob.at('empty', 'inside', 'new'), 'new');
  rmSync(alice.at('d0'), { recursive: true });
  await until('the deep one is gone', () => (existsSync(bob.at('d0')) ? undefined : true));
  await stabilise([alice, bob], { within: 120_000 });
});

test('paths of four thousand bytes travel, are edited and deleted [FSN-01]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const step = 'n'.repeat(248);
  const descend = (folder: string, script: string): string =>
    execFileSync('sh', ['-c', `for n in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do mkdir -p "$0$n"; cd "$0$n" || exit 1; done; ${script}`, step], {
      cwd: folder,
      encoding: 'utf8',
    });
  descend(alice.folder, 'printf first > file');
  const isAtBob = (text: string) => (): true | undefined =>
    existsSync(bob.at(`${step}0`)) && descend(bob.folder, 'cat file 2> /dev/null || true') === text ? true : undefined;
  await until('it is there', isAtBob('first'));
  await inSync([alice, bob]);
  descend(alice.folder, 'printf second > file');
  await until('the edit is there', isAtBob('second'));
  descend(bob.folder, 'rm file');
  await until('it is gone', () => (descend(alice.folder, 'cat file 2> /dev/null || true') === '' ? true : undefined));
  await inSync([alice, bob]);
  expect(await problemsOf(alice)).toEqual([]);
});

test('NFC beside NFD, a ligature beside its letters, ß beside SS: two files stay two, through edits and deletions [FSN-02]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const names = ['caf\u00e9', 'cafe\u0301', 'ﬁle', 'file', 'straße', 'strasse', 'STRASSE', '\u212b', '\u00c5', 'A\u030a'];
  for (const name of names) writeFileSync(alice.at(name), name);
  for (const name of names) await arrives(bob.at(name), name);
  for (const name of names) writeFileSync(bob.at(name), `edited ${name}`);
  for (const name of names) await arrives(alice.at(name), `edited ${name}`);
  expect((await stabilise([alice, bob])).size).toBe(names.length);
  rmSync(alice.at('caf\u00e9'));
  renameSync(alice.at('ﬁle'), alice.at('ﬁnal'));
  await leaves(bob.at('caf\u00e9'));
  await arrives(bob.at('ﬁnal'), 'edited ﬁle');
  expect(read(bob.at('cafe\u0301'))).toBe('edited cafe\u0301');
  expect((await stabilise([alice, bob])).size).toBe(names.length - 1);
  expect(await alice.conflicts()).toEqual([]);
});

test('moved in from outside, out, and by a link and an unlink [FSN-14]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const outside = join(alice.home, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'from outside');
  mkdirSync(join(outside, 'tree', 'deep'), { recursive: true });
  writeFileSync(join(outside, 'tree', 'deep', 'leaf'), 'leaf');
  renameSync(join(outside, 'file'), alice.at('file'));
  renameSync(join(outside, 'tree'), alice.at('tree'));
  await arrives(bob.at('file'), 'from outside');
  await arrives(bob.at('tree', 'deep', 'leaf'), 'leaf');
  await stabilise([alice, bob]);
  linkSync(alice.at('file'), alice.at('linked'));
  unlinkSync(alice.at('file'));
  await arrives(bob.at('linked'), 'from outside');
  await leaves(bob.at('file'));
  renameSync(alice.at('tree'), join(outside, 'tree'));
  await leaves(bob.at('tree', 'deep', 'leaf'));
  await until('the folder is gone', () => (existsSync(bob.at('tree')) ? undefined : true));
  expect(readFileSync(join(outside, 'tree', 'deep', 'leaf'), 'utf8')).toBe('leaf');
  await stabilise([alice, bob]);
});

test('moved from one directory to another: gone there, here at once [FSN-14]', async () => {
  const names = ['left', 'right'];
  const pair = ['alice', 'bob'].map((id) => {
    const client = world.client(id);
    const directories = names.map((name) => ({ name: `across-${name}`, local_path: client.at(name), settings: { shared: true } }));
    writeFileSync(client.config, JSON.stringify({ client_id: id, server: world.server.url, directories }));
    return client;
  });
  const [alice, bob] = pair as [ClientProcess, ClientProcess];
  await Promise.all([alice.start(), bob.start()]);
  const content = 'x'.repeat(300_000);
  writeFileSync(alice.at('left', 'file'), content);
  mkdirSync(alice.at('left', 'folder'));
  writeFileSync(alice.at('left', 'folder', 'inside'), 'inside');
  await arrives(bob.at('left', 'file'), content);
  await arrives(bob.at('left', 'folder', 'inside'), 'inside');
  renameSync(alice.at('left', 'file'), alice.at('right', 'file'));
  renameSync(alice.at('left', 'folder'), alice.at('right', 'folder'));
  await arrives(bob.at('right', 'file'), content);
  await arrives(bob.at('right', 'folder', 'inside'), 'inside');
  await leaves(bob.at('left', 'file'));
  await until('the folder is gone', () => (existsSync(bob.at('left', 'folder')) ? undefined : true));
  await inSync([alice, bob]);
});
