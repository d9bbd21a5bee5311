import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, read } from './harness/files.ts';
import { setFileTime } from './harness/file-time.ts';
import { inSync } from './harness/in-sync.ts';
import { sha256 } from './harness/ledger.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const seconds = (time: number): bigint => BigInt(time) * 1_000_000_000n;

/** What a version holds, fetched by the command that users have for it. */
async function fetchVersion(client: ClientProcess, path: string, version: string): Promise<string | null> {
  const output = join(client.home, 'fetched');
  rmSync(output, { force: true });
  await client.must('restore', '--directory', client.directory, path, '--version', version, '--output', output);
  return read(output);
}

describe('a first start with files on both sides', () => {
  test('makes the union: nothing is deleted, the newer of two contents wins, the other one is a conflict that can be fetched (R19) [BAS-04]', async () => {
    const [alice, bob] = [world.client('alice'), world.client('bob')];
    const write = (client: ClientProcess, path: string, text: string, time: number): void => {
      mkdirSync(join(client.folder, path, '..'), { recursive: true });
      writeFileSync(client.at(path), text);
      setFileTime(client.at(path), seconds(time));
    };
    write(alice, 'only/alice.txt', 'alice', 1_700_000_000);
    write(alice, 'both/newer-at-alice.txt', 'alice, newer', 1_700_000_200);
    write(alice, 'both/newer-at-bob.txt', 'alice, older', 1_700_000_000);
    write(alice, 'both/same.txt', 'the same', 1_700_000_000);
    write(bob, 'only/bob.txt', 'bob', 1_600_000_000);
    write(bob, 'both/newer-at-alice.txt', 'bob, older', 1_700_000_100);
    write(bob, 'both/newer-at-bob.txt', 'bob, newer', 1_700_000_100);
    write(bob, 'both/same.txt', 'the same', 1_700_000_000);
    await Promise.all([alice.start(), bob.start()]);
    const tree = await stabilise([alice, bob]);
    expect([...tree.keys()].sort()).toEqual([
      'both',
      'both/newer-at-alice.txt',
      'both/newer-at-bob.txt',
      'both/same.txt',
      'only',
      'only/alice.txt',
      'only/bob.txt',
    ]);
    expect(read(bob.at('both/newer-at-alice.txt'))).toBe('alice, newer');
    expect(read(alice.at('both/newer-at-bob.txt'))).toBe('bob, newer');
    const conflicts = (await alice.conflicts()).sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(conflicts.map(({ path }) => path)).toEqual(['both/newer-at-alice.txt', 'both/newer-at-bob.txt']);
    expect(await fetchVersion(alice, 'both/newer-at-alice.txt', conflicts[0]?.loser.version ?? '')).toBe('bob, older');
    expect(await fetchVersion(bob, 'both/newer-at-bob.txt', conflicts[1]?.loser.version ?? '')).toBe('alice, older');
  });

  test('with the same files everywhere sends no content twice and finds no conflict (R04) [BAS-03]', async () => {
    const proxy = await world.proxy();
    const [alice, bob] = [world.client('alice'), world.client('bob', { server: proxy.url })];
    for (let n = 0; n < 60; n += 1) {
      const content = randomBytes(50_000);
      for (const client of [alice, bob]) {
        writeFileSync(client.at(`photo ${n}`), content);
        setFileTime(client.at(`photo ${n}`), seconds(1_500_000_000 + n));
      }
    }
    await alice.start();
    await inSync([alice]);
    await bob.start();
    await stabilise([alice, bob]);
    expect(await bob.conflicts()).toEqual([]);
    expect(proxy.passed.up + proxy.passed.down).toBeLessThan(60 * 50_000);
    expect((await alice.history()).length).toBe(60);
  });

  test('comes to the heads and never shows an older version [BAS-05]', async () => {
    const [alice] = await world.started(['alice']);
    for (let n = 0; n < 6; n += 1) {
      writeFileSync(alice.at('often.txt'), `version ${n}`);
      writeFileSync(alice.at(`short-lived ${n}`), 'gone soon');
      await inSync([alice]);
      rmSync(alice.at(`short-lived ${n}`));
    }
    await stabilise([alice]);
    const bob = world.client('bob');
    await bob.start();
    await arrives(bob.at('often.txt'), 'version 5');
    await stabilise([alice, bob]);
    expect(bob.log).not.toContain('short-lived');
  });
});

describe('a state database that is lost', () => {
  const lose = (client: ClientProcess): void => {
    for (const name of readdirSync(client.folder)) if (name.startsWith('.syncpair_state.db')) rmSync(client.at(name));
  };

  test('while files were edited and deleted: everything is merged, nothing is deleted anywhere (R19) [STA-01]', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (let n = 0; n < 40; n += 1) writeFileSync(alice.at(`file ${n}`), `first ${n}`);
    await arrives(bob.at('file 39'), 'first 39');
    await stabilise([alice, bob]);
    await alice.stop();
    lose(alice);
    for (let n = 0; n < 10; n += 1) rmSync(alice.at(`file ${n}`));
    writeFileSync(alice.at('file 20'), 'edited by alice without a state');
    writeFileSync(alice.at('new'), 'made by alice without a state');
    writeFileSync(bob.at('file 30'), 'edited by bob meanwhile');
    await stabilise([bob]);
    await alice.start();
    await arrives(bob.at('file 20'), 'edited by alice without a state');
    const tree = await stabilise([alice, bob]);
    expect(tree.size).toBe(41);
    for (let n = 0; n < 10; n += 1) expect(read(alice.at(`file ${n}`))).toBe(`first ${n}`);
    expect(read(bob.at('new'))).toBe('made by alice without a state');
    expect(read(alice.at('file 30'))).toBe('edited by bob meanwhile');
    expect(alice.log).toMatch(/WARN .*nothing is deleted/);
  });

  /** What can happen to the file once the client has ended. */
  const DAMAGE: readonly (readonly [what: string, end: 'stop' | 'kill', damage: (client: ClientProcess) => void])[] = [
    [
      'damaged',
      'kill',
      (client) => {
        lose(client);
        writeFileSync(client.at('.syncpair_state.db'), randomBytes(20_000));
      },
    ],
    ['cut short', 'stop', (client) => truncateSync(client.at('.syncpair_state.db'), 9_000)],
    [
      'without the log of its last changes',
      'kill',
      (client) => {
        // SQLite writes there first; what was not moved on to the file itself is lost with it.
        for (const name of ['-wal', '-shm']) rmSync(client.at(`.syncpair_state.db${name}`), { force: true });
      },
    ],
  ];

  test.each(DAMAGE)('or %s: it is told, and the folder is merged (R19) [STA-03]', async (_what, end, damage) => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (const name of ['kept', 'edited', 'deleted']) writeFileSync(alice.at(name), `first ${name}`);
    await arrives(bob.at('deleted'), 'first deleted');
    await stabilise([alice, bob]);
    await alice[end]();
    damage(alice);
    rmSync(alice.at('deleted'));
    writeFileSync(alice.at('edited'), 'edited while it was damaged');
    await alice.start();
    await arrives(alice.at('deleted'), 'first deleted');
    await arrives(bob.at('edited'), 'edited while it was damaged');
    expect((await stabilise([alice, bob])).size).toBe(3);
    expect(alice.log).toMatch(/WARN .*nothing is deleted/);
    expect((await bob.history('edited')).map(({ hash }) => hash)).toContain(sha256('first edited'));
  });

  test('or of a newer version: it is refused and stays as it is, and nothing is deleted (R19) [STA-03]', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    writeFileSync(alice.at('kept'), 'kept');
    await arrives(bob.at('kept'), 'kept');
    await stabilise([alice, bob]);
    await alice.stop();
    const layout = (version?: number): unknown => {
      const database = new DatabaseSync(alice.at('.syncpair_state.db'));
      const told = database.prepare('PRAGMA user_version').get();
      if (version !== undefined) database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      return told;
    };
    const { user_version: own } = layout(99) as { user_version: number };
    rmSync(alice.at('kept'));
    const { code, stderr } = await alice.run('client');
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain('99');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(layout(own)).toEqual({ user_version: 99 });
    expect(read(bob.at('kept'))).toBe('kept');
    writeFileSync(alice.at('kept'), 'kept, by the right version');
    await alice.start();
    await arrives(bob.at('kept'), 'kept, by the right version');
  });

  test('together with all files: they all come back (R19) [STA-01]', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (let n = 0; n < 30; n += 1) writeFileSync(bob.at(`file ${n}`), `content ${n}`);
    await arrives(alice.at('file 29'), 'content 29');
    await stabilise([alice, bob]);
    await alice.stop();
    for (const name of readdirSync(alice.folder)) rmSync(alice.at(name), { recursive: true });
    await alice.start();
    await until('all are back', () =>
      readdirSync(alice.folder).filter((name) => name.startsWith('file')).length === 30 ? true : undefined,
    );
    expect((await stabilise([alice, bob])).size).toBe(30);
  });
});
