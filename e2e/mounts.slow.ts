import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrives, read } from './harness/files.ts';
import { ordinaryUser } from './harness/ordinary-user.ts';
import { problemsOf, reported, unproblematic } from './harness/problems.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useMounts } from './harness/use-mounts.ts';
import { useWorld } from './harness/world.ts';

const MIB = 1024 * 1024;

const world = useWorld({ testTimeout: 300_000 });
const mounts = useMounts();

test('a folder whose disk is unmounted under the running client, and mounted again: nothing is deleted, and it goes on [DEL-06]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice', { mounts: space });
  const bob = world.client('bob');
  const disk = join(alice.home, 'disk');
  mkdirSync(disk);
  await space.run('mount', '--bind', disk, alice.localPath);
  await Promise.all([alice.start(), bob.start()]);
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`file-${n}`), `file ${n}`);
  await arrives(bob.at('file-19'), 'file 19');
  await stabilise([alice, bob]);

  await space.run('umount', '--lazy', alice.localPath);
  await until('it halts', async () => ((await alice.status()).directories[0]?.state === 'error' ? true : undefined), { within: 45_000 });
  expect(readdirSync(alice.folder)).toEqual([]);
  writeFileSync(bob.at('file-1'), 'edited meanwhile');
  writeFileSync(bob.at('new'), 'made meanwhile');
  expect(readdirSync(bob.folder).filter((name) => name.startsWith('file-')).length).toBe(20);

  await space.run('mount', '--bind', disk, alice.localPath);
  await arrives(alice.at('file-1'), 'edited meanwhile');
  await arrives(alice.at('new'), 'made meanwhile');
  await unproblematic(alice);
  expect((await stabilise([alice, bob])).size).toBe(21);
});

test('a disk that is mounted over a folder inside, and taken away again, deletes nothing and takes nothing [DEL-08]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice', { mounts: space, settings: { sync_interval_seconds: 2 } });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  mkdirSync(alice.at('sub'));
  for (const name of ['sub/one', 'sub/two', 'beside']) writeFileSync(alice.at(name), name);
  await arrives(bob.at('sub', 'two'), 'sub/two');
  await stabilise([alice, bob]);
  await space.mount(join(alice.localPath, 'sub'), 1);
  writeFileSync(alice.at('sub', 'on the other disk'), 'not ours');
  await alice.stop();
  await alice.start();
  await reported(alice, 'sub');
  expect(await problemsOf(alice)).toContainEqual({ path: 'sub', code: 'other_file_system' });
  writeFileSync(bob.at('sub', 'one'), 'edited by bob');
  writeFileSync(alice.at('beside'), 'goes on');
  await arrives(bob.at('beside'), 'goes on');
  expect(readdirSync(bob.at('sub')).sort()).toEqual(['one', 'two']);
  await space.run('umount', '--lazy', join(alice.localPath, 'sub'));
  await arrives(alice.at('sub', 'one'), 'edited by bob');
  await unproblematic(alice);
  expect((await stabilise([alice, bob])).size).toBe(4);
});

test('another folder of the same disk, mounted inside and taken away again, is left alone and deletes nothing [DEL-06]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice', { mounts: space, settings: { sync_interval_seconds: 2 } });
  const bob = world.client('bob');
  const elsewhere = join(alice.home, 'elsewhere');
  for (const folder of [elsewhere, alice.at('sub'), alice.at('bare')]) mkdirSync(folder);
  writeFileSync(join(elsewhere, 'theirs'), 'theirs');
  writeFileSync(alice.at('sub', 'ours'), 'ours');
  for (const name of ['sub', 'bare']) await space.run('mount', '--bind', elsewhere, join(alice.localPath, name));
  await Promise.all([alice.start(), bob.start()]);
  await reported(alice, 'sub', 'bare');
  expect(readdirSync(bob.folder).filter((name) => !name.startsWith('.syncpair'))).toEqual([]);
  for (const name of ['sub', 'bare']) await space.run('umount', '--lazy', join(alice.localPath, name));
  await arrives(bob.at('sub', 'ours'), 'ours');
  await until('the bare mount point is an empty folder', () => (existsSync(bob.at('bare')) ? true : undefined));
  await unproblematic(alice);
  await stabilise([alice, bob]);
  await space.run('mount', '--bind', elsewhere, join(alice.localPath, 'sub'));
  await alice.stop();
  await alice.start();
  await reported(alice, 'sub');
  await space.run('umount', '--lazy', join(alice.localPath, 'sub'));
  await unproblematic(alice);
  expect([...(await stabilise([alice, bob])).keys()].sort()).toEqual(['bare', 'sub', 'sub/ours']);
});

const ordinary = ordinaryUser();

describe.skipIf(ordinary === null)('what may not be written', () => {
  const uid = ordinary?.uid;
  const give = (path: string): void => {
    if (uid !== undefined) chownSync(path, uid, uid);
  };

  test('is reported per path, the rest goes on, nobody’s permissions change, and it heals [CRA-09]', async () => {
    const alice = world.client('alice');
    const bob = world.client('bob', ordinary ?? {});
    await Promise.all([alice.start(), bob.start()]);
    mkdirSync(alice.at('closed'));
    for (const name of ['closed/edited', 'closed/deleted', 'read-only', 'open']) writeFileSync(alice.at(name), 'first');
    await arrives(bob.at('open'), 'first');
    await arrives(bob.at('closed', 'deleted'), 'first');
    await stabilise([alice, bob]);
    chmodSync(bob.at('closed'), 0o555);
    chmodSync(bob.at('read-only'), 0o444);
    for (const name of ['closed/edited', 'read-only', 'open']) writeFileSync(alice.at(name), 'second');
    writeFileSync(alice.at('closed', 'new'), 'new');
    await arrives(bob.at('open'), 'second');
    await reported(bob, 'closed/edited', 'closed/new');
    // A read-only file is replaced like any other, and is read-only afterwards.
    await arrives(bob.at('read-only'), 'second');
    expect(read(bob.at('closed', 'edited'))).toBe('first');
    expect([statSync(bob.at('closed')).mode & 0o777, statSync(bob.at('read-only')).mode & 0o777]).toEqual([0o555, 0o444]);
    chmodSync(bob.at('closed'), 0o755);
    await arrives(bob.at('closed', 'edited'), 'second');
    await arrives(bob.at('closed', 'new'), 'new');
    await unproblematic(bob);
    await stabilise([alice, bob]);
  });

  test('of another owner, in a folder of one’s own, is replaced; in another’s folder it is reported [CRA-09]', async (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give files away');
    const alice = world.client('alice');
    const bob = world.client('bob', ordinary ?? {});
    await Promise.all([alice.start(), bob.start()]);
    mkdirSync(alice.at('theirs'));
    for (const name of ['theirs/file', 'mine']) writeFileSync(alice.at(name), 'first');
    await arrives(bob.at('theirs', 'file'), 'first');
    await arrives(bob.at('mine'), 'first');
    await stabilise([alice, bob]);
    for (const name of ['mine', 'theirs/file', 'theirs']) chownSync(bob.at(name), 0, 0);
    for (const name of ['theirs/file', 'mine']) writeFileSync(alice.at(name), 'second');
    await arrives(bob.at('mine'), 'second');
    await reported(bob, 'theirs/file');
    give(bob.at('theirs'));
    await arrives(bob.at('theirs', 'file'), 'second');
    await unproblematic(bob);
    await stabilise([alice, bob]);
  });
});

test('an immutable folder is reported, and heals when it is let go [CRA-09]', async (context) => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('fixed'));
  writeFileSync(alice.at('fixed', 'file'), 'first');
  await arrives(bob.at('fixed', 'file'), 'first');
  await stabilise([alice, bob]);
  if (spawnSync('chattr', ['+i', bob.at('fixed')]).status !== 0) context.skip('nothing can be made immutable here');
  try {
    writeFileSync(alice.at('fixed', 'file'), 'second');
    writeFileSync(alice.at('beside'), 'beside');
    await arrives(bob.at('beside'), 'beside');
    await reported(bob, 'fixed/file');
  } finally {
    spawnSync('chattr', ['-i', bob.at('fixed')]);
  }
  await arrives(bob.at('fixed', 'file'), 'second');
  await unproblematic(bob);
  await stabilise([alice, bob]);
});

test('with 64 open files at most, thousands of files come and go [CRA-10]', async () => {
  const alice = world.client('alice', { wrapper: ['prlimit', '--nofile=64:64'] });
  const bob = world.client('bob', { wrapper: ['prlimit', '--nofile=64:64'] });
  for (let folder = 0; folder < 100; folder += 1) {
    mkdirSync(alice.at(`folder ${folder}`, 'deeper', 'still'), { recursive: true });
    for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`folder ${folder}`, 'deeper', 'still', `${n}`), `${folder} ${n}`);
  }
  await Promise.all([alice.start(), bob.start()]);
  await until(
    'all are there',
    () =>
      Array.from({ length: 100 }).every((_, folder) => existsSync(bob.at(`folder ${folder}`, 'deeper', 'still', '19'))) ? true : undefined,
    {
      within: 120_000,
    },
  );
  writeFileSync(bob.at('folder 7', 'deeper', 'still', '7'), 'back');
  await arrives(alice.at('folder 7', 'deeper', 'still', '7'), 'back');
  await stabilise([alice, bob], { within: 60_000 });
  // They do less at once, instead of failing and trying again.
  for (const { log } of [alice, bob]) expect(log).not.toContain('EMFILE');
});

test('a file larger than the client may write is reported, and the rest goes on [CRA-10]', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob', { wrapper: ['prlimit', `--fsize=${4 * MIB}`] });
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('large'), randomBytes(10 * MIB));
  writeFileSync(alice.at('small'), 'small');
  await arrives(bob.at('small'), 'small');
  await reported(bob, 'large');
  expect(await problemsOf(bob)).toEqual([{ path: 'large', code: 'EFBIG' }]);
  expect(existsSync(bob.at('large'))).toBe(false);
  writeFileSync(alice.at('later'), 'later');
  await arrives(bob.at('later'), 'later');
  expect(bob.isRunning).toBe(true);
  writeFileSync(alice.at('large'), randomBytes(2 * MIB));
  await until('it fits now', () => (existsSync(bob.at('large')) ? true : undefined), { within: 60_000 });
  await unproblematic(bob);
  await stabilise([alice, bob]);
});
