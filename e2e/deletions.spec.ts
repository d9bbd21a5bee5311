import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { inSync } from './harness/in-sync.ts';
import { sha256 } from './harness/ledger.ts';
import { putInPlace } from './harness/put-in-place.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const named = (client: ClientProcess): string[] => readdirSync(client.folder).filter((name) => !name.startsWith('.syncpair'));

/** Alice and bob with so many files. */
async function withFiles(count: number): Promise<{ alice: ClientProcess; bob: ClientProcess }> {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (let n = 0; n < count; n += 1) writeFileSync(alice.at(`file ${n}`), `content ${n}`);
  await until('all are at bob', () => (named(bob).length === count ? true : undefined));
  await stabilise([alice, bob]);
  return { alice, bob };
}

const stateOf = async (client: ClientProcess): Promise<string> => (await client.status()).directories[0]?.state ?? '';

describe('the root folder goes away', () => {
  test('while the client runs: it halts, deletes nothing, and goes on when the folder is back (R20) [DEL-04]', async () => {
    const { alice, bob } = await withFiles(30);
    const away = `${alice.folder}-away`;
    renameSync(alice.folder, away);
    // Something must make it look: the root's own events may be lost with it.
    writeFileSync(bob.at('from bob'), 'while alice has no folder');
    await until('alice says so', async () => ((await stateOf(alice)) === 'error' ? true : undefined), { within: 60_000 });
    const { problems } = (await alice.status()).directories[0] ?? { problems: [] };
    expect(problems.map(({ code }) => code)).toContain('root_missing');
    expect(named(bob)).toHaveLength(31);
    renameSync(away, alice.folder);
    await arrives(alice.at('from bob'), 'while alice has no folder');
    expect((await stabilise([alice, bob])).size).toBe(31);
  });

  test('and another, empty one stands in its place: nothing is deleted and nothing is written into it (R20) [DEL-04]', async () => {
    const { alice, bob } = await withFiles(30);
    const away = `${alice.folder}-away`;
    renameSync(alice.folder, away);
    mkdirSync(alice.folder);
    writeFileSync(bob.at('from bob'), 'while alice has another folder');
    await until('alice says so', async () => ((await stateOf(alice)) === 'error' ? true : undefined), { within: 60_000 });
    expect(named(bob)).toHaveLength(31);
    expect(named(alice)).toEqual([]);
    rmSync(alice.folder, { recursive: true });
    renameSync(away, alice.folder);
    await arrives(alice.at('from bob'), 'while alice has another folder');
    expect((await stabilise([alice, bob])).size).toBe(31);
  });

  test('while the client is stopped: a new folder is made and filled once it is meant, and nothing is deleted (R20) [DEL-04]', async () => {
    const { alice, bob } = await withFiles(30);
    await alice.stop();
    renameSync(alice.folder, `${alice.folder}-away`);
    await alice.start();
    await until('alice says so', async () => ((await stateOf(alice)) === 'error' ? true : undefined));
    expect(named(bob)).toHaveLength(30);
    await alice.must('join');
    await until('all are back', () => (existsSync(alice.folder) && named(alice).length === 30 ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(30);
  });
});

describe('a mass deletion', () => {
  /** Deletes three quarters, and waits until they are held. */
  async function held(): Promise<{ alice: ClientProcess; bob: ClientProcess; id: string }> {
    const { alice, bob } = await withFiles(120);
    for (let n = 0; n < 90; n += 1) rmSync(alice.at(`file ${n}`));
    const id = await until('it is held', async () => {
      const [hold] = await alice.holds();
      return hold?.paths === 90 ? hold.id : undefined;
    });
    return { alice, bob, id };
  }

  test('waits while everything else goes on both ways; approved, it happens (R24) [DEL-05]', async () => {
    const { alice, bob, id } = await held();
    expect(await stateOf(alice)).toBe('held');
    const { code, stdout } = await alice.run('status');
    expect(code).toBe(5);
    expect(stdout).toContain('holds');
    writeFileSync(alice.at('file 100'), 'edited by alice');
    writeFileSync(bob.at('file 101'), 'edited by bob');
    rmSync(bob.at('file 119'));
    await arrives(bob.at('file 100'), 'edited by alice');
    await arrives(alice.at('file 101'), 'edited by bob');
    await leaves(alice.at('file 119'));
    expect(named(bob)).toHaveLength(119);
    await alice.stop();
    await alice.start();
    expect((await alice.holds()).map((hold) => hold.id)).toEqual([id]);
    expect(named(bob)).toHaveLength(119);

    await alice.must('holds', 'approve', id);
    await until('they are gone', () => (named(bob).length === 29 ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(29);
  });

  test('rejected, the files come back', async () => {
    const { alice, bob, id } = await held();
    writeFileSync(bob.at('file 5'), 'edited by bob while it was held');
    await alice.must('holds', 'reject', id);
    await until('they are back', () => (named(alice).length === 120 ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(120);
    expect(read(alice.at('file 5'))).toBe('edited by bob while it was held');
    expect(await alice.holds()).toEqual([]);
  });

  test('that the user takes back waits no longer', async () => {
    const { alice, bob } = await held();
    for (let n = 0; n < 90; n += 1) writeFileSync(alice.at(`file ${n}`), `content ${n}`);
    await until('nothing is held', async () => ((await alice.holds()).length === 0 ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(120);
  });

  test('of fewer than the limit happens at once (R24) [DEL-05]', async () => {
    const { alice, bob } = await withFiles(120);
    for (let n = 0; n < 40; n += 1) rmSync(alice.at(`file ${n}`));
    await until('they are gone', () => (named(bob).length === 80 ? true : undefined));
    await stabilise([alice, bob]);
    expect(await alice.holds()).toEqual([]);
  });
});

test('what is deleted while the other side is fetching it does not stay there, small files as well as a large one (R41) [DEL-11]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { settings: { hold: 'off' } });
  const bob = world.client('bob', { server: proxy.url, settings: { hold: 'off' } });
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('kept'), 'kept');
  await arrives(bob.at('kept'), 'kept');
  await stabilise([alice, bob]);
  // Slow only where contents come from: bob hears of the deletions long before he has what they delete.
  await proxy.set({ bytesPerSecond: 300_000, only: /^(POST|GET) \/blobs/ });
  const before = proxy.passed.down;
  for (let n = 0; n < 100; n += 1) writeFileSync(alice.at(`small ${n}`), randomBytes(20_000));
  putInPlace(alice, 'large', randomBytes(5 * 1024 * 1024));
  await until('bob is fetching', () => (proxy.passed.down - before > 200_000 ? true : undefined));
  for (const name of named(alice)) if (name !== 'kept') rmSync(alice.at(name));
  await inSync([alice]);
  await proxy.heal();
  expect([...(await stabilise([alice, bob])).keys()]).toEqual(['kept']);
});

test('what is deleted while it is being sent is deleted everywhere, whether it was new or edited (R41)', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url, settings: { hold: 'off', sync_interval_seconds: 3600 } });
  const bob = world.client('bob', { settings: { hold: 'off' } });
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`edited ${n}`), 'first');
  writeFileSync(alice.at('kept'), 'kept');
  await Promise.all([alice.start(), bob.start()]);
  await arrives(bob.at('kept'), 'kept');
  await stabilise([alice, bob]);
  await proxy.set({ bytesPerSecond: 300_000, only: /^(POST|PUT) \/blobs/ });
  const before = proxy.passed.up;
  for (let n = 0; n < 40; n += 1) writeFileSync(alice.at(`new ${n}`), randomBytes(20_000));
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`edited ${n}`), randomBytes(20_000));
  putInPlace(alice, 'large', randomBytes(5 * 1024 * 1024));
  await until('alice is sending', () => (proxy.passed.up - before > 200_000 ? true : undefined));
  for (const name of named(alice)) if (name !== 'kept') rmSync(alice.at(name));
  writeFileSync(alice.at('last'), 'last');
  // Time to see what is gone before the answers come.
  await delay(1_000);
  await proxy.heal();
  await arrives(bob.at('last'), 'last');
  expect([...(await stabilise([alice, bob])).keys()].sort()).toEqual(['kept', 'last']);
});

describe('what is ignored', () => {
  test('the ignore file travels, counts at the other side too, and freezes what it names (R22)', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    mkdirSync(alice.at('build'));
    writeFileSync(alice.at('build', 'out.o'), 'object');
    writeFileSync(alice.at('main.c'), 'source');
    await arrives(bob.at('build', 'out.o'), 'object');
    await stabilise([alice, bob]);
    writeFileSync(alice.at('.syncpairignore'), '# made by the compiler\nbuild/\n*.bak\n!keep.bak\n');
    await arrives(bob.at('.syncpairignore'), '# made by the compiler\nbuild/\n*.bak\n!keep.bak\n');
    await stabilise([alice, bob]);
    await until('bob has frozen it', async () => (((await bob.status()).directories[0]?.frozen ?? 0) > 0 ? true : undefined));
    writeFileSync(bob.at('build', 'out.o'), 'object of bob');
    rmSync(alice.at('build'), { recursive: true });
    writeFileSync(bob.at('a.bak'), 'backup');
    writeFileSync(bob.at('keep.bak'), 'kept backup');
    await arrives(alice.at('keep.bak'), 'kept backup');
    await stabilise([alice, bob], { without: (path) => path === 'build' || path === 'a.bak' });
    expect(read(bob.at('build', 'out.o'))).toBe('object of bob');
    expect(read(alice.at('a.bak'))).toBeNull();

    rmSync(alice.at('.syncpairignore'));
    await arrives(alice.at('a.bak'), 'backup');
    await until('bob has no ignore file', () => (read(bob.at('.syncpairignore')) === null ? true : undefined));
    // Alice's folder went while nobody looked, bob's edit happened meanwhile: an edit survives a deletion.
    await arrives(alice.at('build', 'out.o'), 'object of bob');
    await stabilise([alice, bob]);
  });

  test('stays with its folder when the folder is deleted elsewhere, as do files that are not known yet (R22) [DEL-03]', async () => {
    const proxy = await world.proxy();
    const alice = world.client('alice');
    const bob = world.client('bob', { server: proxy.url, settings: { ignore_patterns: ['*.o'] } });
    await Promise.all([alice.start(), bob.start()]);
    for (const folder of ['project', 'other']) {
      mkdirSync(alice.at(folder, 'deep'), { recursive: true });
      writeFileSync(alice.at(folder, 'deep', 'main.c'), 'source');
    }
    for (const folder of ['project', 'other']) await arrives(bob.at(folder, 'deep', 'main.c'), 'source');
    writeFileSync(bob.at('project', 'deep', 'main.o'), 'object of bob');
    await stabilise([alice, bob], { without: (path) => path.endsWith('.o') });
    // What bob makes now is nowhere else when he hears of the deletion.
    await proxy.set({ blackHole: true, only: /^(?!GET \/events)/ });
    writeFileSync(bob.at('other', 'local.txt'), 'not sent yet');
    for (const folder of ['project', 'other']) rmSync(alice.at(folder), { recursive: true });
    await inSync([alice]);
    await proxy.heal();
    for (const folder of ['project', 'other']) await leaves(bob.at(folder, 'deep', 'main.c'));
    await arrives(alice.at('other', 'local.txt'), 'not sent yet');
    const without = (path: string): boolean => path.startsWith('project');
    expect([...(await stabilise([alice, bob], { without })).keys()]).toEqual(['other', 'other/local.txt']);
    expect(read(bob.at('project', 'deep', 'main.o'))).toBe('object of bob');
    expect(named(alice)).toEqual(['other']);
    rmSync(join(bob.folder, 'project'), { recursive: true });
    await stabilise([alice, bob]);
  });

  test('differs between sides: what one ignores it neither sends, changes nor deletes (R22) [CFG-02]', async () => {
    const alice = world.client('alice', { settings: { ignore_patterns: ['*.log'] } });
    const bob = world.client('bob');
    writeFileSync(alice.at('x.log'), 'log of alice');
    const before = statSync(alice.at('x.log'), { bigint: true });
    await Promise.all([alice.start(), bob.start()]);
    writeFileSync(bob.at('x.log'), 'log of bob');
    writeFileSync(bob.at('of bob.log'), 'alice has none of this name');
    writeFileSync(bob.at('y.txt'), 'text');
    await arrives(alice.at('y.txt'), 'text');
    rmSync(bob.at('x.log'));
    writeFileSync(bob.at('z.txt'), 'text');
    await arrives(alice.at('z.txt'), 'text');
    await stabilise([alice, bob], { without: (path) => path.endsWith('.log') });
    expect(read(alice.at('x.log'))).toBe('log of alice');
    const { ino, ctimeNs } = statSync(alice.at('x.log'), { bigint: true });
    expect([ino, ctimeNs]).toEqual([before.ino, before.ctimeNs]);
    expect((await bob.history('x.log')).map(({ hash }) => hash)).not.toContain(sha256('log of alice'));
    expect(read(alice.at('of bob.log'))).toBeNull();
    expect(read(bob.at('of bob.log'))).toBe('alice has none of this name');
  });
});
