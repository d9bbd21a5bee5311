import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { setFileTime } from '../harness/file-time.ts';
import { arrives, read } from '../harness/files.ts';
import { Ledger } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { readTree } from '../harness/tree.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';
import { apart, seconds } from './apart.ts';

const world = useWorld({ testTimeout: 900_000 });
const LONG = { within: 300_000 };

test('a log that grows while it is synchronised: each version is a beginning of it, they are few, and nothing else waits for it [WRK-04]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  const start = randomBytes(100 * 1024 * 1024);
  writeFileSync(alice.at('log'), start);
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob], LONG);
  const before = proxy.passed.up;
  const soFar = createHash('sha256').update(start);
  const beginnings = new Set([soFar.copy().digest('hex')]);
  const SECONDS = 60;
  for (let second = 0; second < SECONDS; second += 1) {
    for (let part = 0; part < 10; part += 1) {
      const bytes = randomBytes(100_000);
      appendFileSync(alice.at('log'), bytes);
      beginnings.add(soFar.update(bytes).copy().digest('hex'));
      await delay(100);
    }
    if (second % 10 !== 0) continue;
    writeFileSync(alice.at(`note ${second}`), `while it grows ${second}`);
    await until('the note is at bob', () => (read(bob.at(`note ${second}`)) === `while it grows ${second}` ? true : undefined), LONG);
  }
  await stabilise([alice, bob], LONG);
  expect(readFileSync(bob.at('log')).equals(readFileSync(alice.at('log')))).toBe(true);
  const versions = (await alice.history('log')).map(({ hash }) => hash as string);
  expect(versions.filter((hash) => !beginnings.has(hash))).toEqual([]);
  // Six hundred appends: each version sends the log anew, so there must be few, and no more is sent than they are long.
  expect(versions.length).toBeLessThan(60);
  expect(proxy.passed.up - before).toBeLessThan(versions.length * (start.length + SECONDS * 1_000_000));
});

test('two commit in a repository whose .git is synchronised, while they are apart: both commits can be had [WRK-08]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const git = (folder: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  mkdirSync(alice.at('repo'));
  git(alice.at('repo'), 'init', '-q', '-b', 'main');
  writeFileSync(alice.at('repo', 'readme'), 'first\n');
  git(alice.at('repo'), 'add', '.');
  git(alice.at('repo'), 'commit', '-qm', 'first');
  await until('the repository is at bob', () => (existsSync(bob.at('repo', '.git', 'refs', 'heads', 'main')) ? true : undefined));
  await stabilise([alice, bob]);
  const ledger = new Ledger();
  const commits: string[] = [];
  await apart([alice, bob], () => {
    for (const { id, folder } of [alice, bob]) {
      writeFileSync(join(folder, 'repo', `of ${id}`), `by ${id}\n`);
      git(join(folder, 'repo'), 'add', '.');
      git(join(folder, 'repo'), 'commit', '-qm', `by ${id}`);
      commits.push(git(join(folder, 'repo'), 'rev-parse', 'HEAD').trim());
      for (const name of ['HEAD', 'refs/heads/main', 'index', 'logs/HEAD'])
        ledger.wrote(readFileSync(join(folder, 'repo', '.git', name)), `${id} ${name}`);
    }
  });
  expect(await ledger.missing(alice, world.server.url)).toEqual([]);
  // Objects have names of their own: both commits are whole, and the head is one of them.
  for (const commit of commits) expect(git(bob.at('repo'), 'cat-file', '-t', commit).trim()).toBe('commit');
  expect(commits).toContain(git(alice.at('repo'), 'rev-parse', 'HEAD').trim());
  git(alice.at('repo'), 'fsck', '--full', '--strict');
});

/** Alice and bob with so many files in `old`, and blob services that answer nobody any more: whoever needs a content waits for ever. */
async function withoutContents(folders: number, each: number): Promise<readonly [ClientProcess, ClientProcess]> {
  const proxies = [await world.proxy(), await world.proxy()] as const;
  const alice = world.client('alice', { server: proxies[0].url });
  const bob = world.client('bob', { server: proxies[1].url });
  for (let folder = 0; folder < folders; folder += 1) {
    mkdirSync(alice.at('old', `${folder}`), { recursive: true });
    for (let n = 0; n < each; n += 1) writeFileSync(alice.at('old', `${folder}`, `${n}`), `content ${folder}/${n}`);
  }
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob], LONG);
  for (const proxy of proxies) await proxy.set({ blackHole: true, only: /^[A-Z]+ \/blobs/ });
  return [alice, bob];
}

test('a folder of 10,000 files is renamed and back, without any content [WRK-09]', async () => {
  const [alice, bob] = await withoutContents(100, 100);
  const renamed = async (from: string, to: string): Promise<void> => {
    renameSync(alice.at(from), alice.at(to));
    await until(`bob has ${to}`, () => (existsSync(bob.at(to, '99', '99')) && !existsSync(bob.at(from, '0')) ? true : undefined), LONG);
    await stabilise([alice, bob], LONG);
  };
  await renamed('old', 'new');
  await renamed('new', 'old');
  expect((await alice.history('old/7/7')).length).toBeGreaterThan(1);
});

test('a folder is renamed and its old name made again at once: both are there, without any content of the first [WRK-09]', async () => {
  const [alice, bob] = await withoutContents(10, 30);
  renameSync(alice.at('old'), alice.at('moved'));
  mkdirSync(alice.at('old'));
  mkdirSync(alice.at('old', 'made again'));
  await until(
    'bob has both',
    () => (existsSync(bob.at('moved', '9', '29')) && existsSync(bob.at('old', 'made again')) ? true : undefined),
    LONG,
  );
  const tree = await stabilise([alice, bob], LONG);
  expect([...tree.keys()].filter((path) => path.startsWith('moved/'))).toHaveLength(310);
  expect([...tree.keys()].filter((path) => path.startsWith('old/'))).toEqual(['old/made again']);
});

test('a SQLite database in WAL mode that was written to is whole elsewhere once the writer stopped [WRK-10]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const database = new DatabaseSync(alice.at('data.db'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
  const insert = database.prepare('INSERT INTO t (text) VALUES (?)');
  for (let n = 0; n < 300; n += 1) {
    insert.run(randomBytes(500).toString('hex'));
    if (n % 10 === 0) await delay(50);
  }
  database.close();
  await stabilise([alice, bob], LONG);
  const copy = new DatabaseSync(bob.at('data.db'), { readOnly: true });
  expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  expect(copy.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 300 });
  copy.close();
});

test('what tar and cp bring along with old times arrives, also over newer files, and is not taken for deleted [WRK-11]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const source = join(alice.home, 'source');
  mkdirSync(join(source, 'sub'), { recursive: true });
  for (const name of ['a', 'sub/b', 'replaced']) {
    writeFileSync(join(source, name), `old ${name}`);
    setFileTime(join(source, name), seconds(1_000_000_000));
  }
  mkdirSync(alice.at('by cp'));
  writeFileSync(alice.at('by cp', 'replaced'), 'newer');
  await arrives(bob.at('by cp', 'replaced'), 'newer');
  await stabilise([alice, bob]);
  cpSync(source, alice.at('by cp'), { recursive: true, preserveTimestamps: true });
  mkdirSync(alice.at('by tar'));
  execFileSync('tar', ['cf', join(alice.home, 'a.tar'), '-C', source, '.']);
  execFileSync('tar', ['xf', join(alice.home, 'a.tar'), '-C', alice.at('by tar')]);
  for (const folder of ['by cp', 'by tar'])
    for (const name of ['a', 'sub/b', 'replaced']) await arrives(bob.at(folder, name), `old ${name}`);
  const tree = await stabilise([alice, bob]);
  expect(tree.get('by tar/sub/b')?.mtimeNs).toBe(seconds(1_000_000_000));
  expect((await readTree(alice.at('by cp'))).size).toBe(4);
  expect(await alice.conflicts()).toEqual([]);
});

test('a photo import does not hold up a text that is edited meanwhile [WRK-13]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  await proxy.set({ bytesPerSecond: 1_000_000 });
  mkdirSync(alice.at('photos'));
  for (let n = 0; n < 30; n += 1) writeFileSync(alice.at('photos', `${n}.jpg`), randomBytes(2 * 1024 * 1024));
  const there = (): number => (existsSync(bob.at('photos')) ? readdirSync(bob.at('photos')).length : 0);
  await until('the first photo is at bob', () => (there() > 0 ? true : undefined), LONG);
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(alice.at('text'), `round ${round}`);
    await arrives(bob.at('text'), `round ${round}`);
  }
  expect(there()).toBeLessThan(30);
  await proxy.heal();
  await stabilise([alice, bob], LONG);
  expect(there()).toBe(30);
});
