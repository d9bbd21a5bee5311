import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HoldsResponse } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives } from './harness/files.ts';
import { count, fill, named, remove, waiting } from './harness/numbered-files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const MIB = 1024 * 1024;
const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

describe('what one client deletes too much of', () => {
  test('every member sees, with one clear message, and any may approve [DEL-05]', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    fill(alice, 100);
    await stabilise([alice, bob]);
    remove(alice, 0, 60);
    const id = await waiting(bob, 60);
    await until('bob has said so', () => (bob.log.includes(`syncpair holds approve ${id}`) ? true : undefined));
    expect(bob.log).toContain('60 deletions of alice wait for approval: 60 of 100 files would be deleted within ten minutes');
    expect((await bob.run('status')).code).toBe(5);
    expect(await alice.holds()).toMatchObject([{ id, origin: 'client', client: 'alice' }]);

    writeFileSync(bob.at('file 3'), 'edited while it waited');
    await until('alice has it again', () => (existsSync(alice.at('file 3')) ? true : undefined));
    await alice.stop();
    expect(await bob.must('holds', 'approve', id)).toContain('is approved: 59 deleted');
    await count(bob, 41);
    await alice.start();
    expect((await stabilise([alice, bob])).size).toBe(41);
    expect(readFileSync(alice.at('file 3'), 'utf8')).toBe('edited while it waited');
    expect(await alice.holds()).toEqual([]);
    remove(alice, 60, 65);
    await count(bob, 36);
    const late = await alice.run('holds', 'reject', id);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('was approved by bob');
  });

  test('what others edit or make in a folder whose deletion waits arrives there, and outlives it', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    mkdirSync(alice.at('docs', 'old'), { recursive: true });
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at('docs', 'old', `file ${n}`), `content ${n}`);
    await stabilise([alice, bob]);
    rmSync(alice.at('docs'), { recursive: true });
    const id = await waiting(bob, 62);
    writeFileSync(bob.at('docs', 'old', 'file 7'), 'edited while it waited');
    writeFileSync(bob.at('docs', 'old', 'new'), 'made while it waited');
    await arrives(alice.at('docs', 'old', 'file 7'), 'edited while it waited');
    await arrives(alice.at('docs', 'old', 'new'), 'made while it waited');
    // The folders and the edited file wait no longer, everything else does.
    await waiting(bob, 59);
    await expect
      .poll(async () => (await alice.status()).directories[0], { timeout: 30_000 })
      .toMatchObject({ state: 'held', problems: [] });
    await bob.must('holds', 'approve', id);
    await until('the others are gone', () => (readdirSync(bob.at('docs', 'old')).length === 2 ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(4);
  });

  test('a member hears of it at once, however seldom clients ask, and may reject: the files come back where they were deleted', async () => {
    const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3600 } });
    fill(alice, 60);
    await stabilise([alice, bob]);
    remove(alice, 0, 60);
    const id = await waiting(bob, 60);
    await bob.must('holds', 'reject', id);
    await count(alice, 60);
    expect((await stabilise([alice, bob])).size).toBe(60);
    expect((await alice.run('status')).code).toBe(0);
  });
});

describe('the server', () => {
  test('holds what a client does not, and its own limits are its own [DEL-05]', async () => {
    const alice = world.client('alice', { settings: { hold: { files: 1_000, percent: 100 } } });
    const bob = world.client('bob');
    await Promise.all([alice.start(), bob.start()]);
    mkdirSync(alice.at('docs'));
    for (let n = 0; n < 80; n += 1) writeFileSync(alice.at('docs', `file ${n}`), `content ${n}`);
    writeFileSync(alice.at('other'), 'other');
    await stabilise([alice, bob]);
    rmSync(alice.at('docs'), { recursive: true });
    writeFileSync(alice.at('meanwhile'), 'meanwhile');
    // A few may have gone before the others were seen; the limits let those pass.
    const { id, paths } = await until('bob knows of those that wait', async () => {
      const [hold] = await bob.holds();
      return hold !== undefined && hold.sample.length > 0 && (await alice.status()).directories[0]?.state === 'held' ? hold : undefined;
    });
    expect(await bob.holds()).toMatchObject([{ origin: 'server', client: 'alice' }]);
    await until('the rest goes on', () => (existsSync(bob.at('meanwhile')) ? true : undefined));
    expect(readdirSync(bob.at('docs'))).toHaveLength(paths - 1);
    await alice.must('holds', 'reject', id);
    await until('they are back', () =>
      existsSync(alice.at('docs')) && readdirSync(alice.at('docs')).length === paths - 1 ? true : undefined,
    );
    await stabilise([alice, bob]);

    await bob.must('holds', 'settings', 'off');
    rmSync(alice.at('docs'), { recursive: true });
    await until('it is gone', () => (existsSync(bob.at('docs')) ? undefined : true));
    expect(JSON.parse(await alice.must('holds', 'settings', '--json'))).toMatchObject({
      limits: 'off',
      limits_set: { by: 'bob' },
    } satisfies Partial<Record<keyof HoldsResponse, unknown>>);
  });
});

describe('a client that was off', () => {
  async function changed(): Promise<{ alice: ClientProcess; bob: ClientProcess; id: string }> {
    const [alice, bob] = await world.started(['alice', 'bob']);
    fill(alice, 60);
    await stabilise([alice, bob]);
    await alice.stop();
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at(`file ${n}`), `encrypted ${n}`);
    writeFileSync(alice.at('new'), 'new');
    await alice.start();
    const id = await waiting(bob, 60);
    return { alice, bob, id };
  }

  test('and finds every file with another content sends none of it; rejected, the old comes back and the other lies in the trash [STA-04]', async () => {
    const { alice, bob, id } = await changed();
    expect(await bob.holds()).toMatchObject([
      { kind: 'overwrites', reason: 'all 60 files have another content than when the client last ran' },
    ]);
    await until('the new file goes on', () => (existsSync(bob.at('new')) ? true : undefined));
    expect(readFileSync(bob.at('file 1'), 'utf8')).toBe('content 1');
    await alice.kill();
    await alice.start();
    expect((await alice.holds()).map((hold) => [hold.id, hold.paths])).toEqual([[id, 60]]);
    await bob.must('holds', 'reject', id);
    await until('the old is back', () =>
      existsSync(alice.at('file 1')) && readFileSync(alice.at('file 1'), 'utf8') === 'content 1' ? true : undefined,
    );
    expect((await stabilise([alice, bob])).size).toBe(61);

    expect(JSON.parse(await alice.must('trash', 'list', '--json'))).toHaveLength(60);
    expect(await alice.must('trash', 'restore', 'file 7')).toContain('holds something else, which stays; restored as');
    expect((await stabilise([alice, bob])).size).toBe(62);
    const restored = named(bob).find((name) => name.startsWith('file 7.conflict-local-'));
    expect(readFileSync(bob.at(restored as string), 'utf8')).toBe('encrypted 7');
    expect(JSON.parse(await alice.must('trash', 'list', '--json'))).toHaveLength(59);
  });

  test('sends nothing of a large file either, though it is read to know that it is another one [STA-04]', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    fill(alice, 60);
    writeFileSync(alice.at('large'), randomBytes(24 * MIB));
    await stabilise([alice, bob]);
    await alice.stop();
    const before = bytesBelow(join(world.server.storageDir, 'blobs'));
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at(`file ${n}`), `encrypted ${n}`);
    writeFileSync(alice.at('large'), randomBytes(24 * MIB));
    await alice.start();
    await waiting(bob, 61);
    expect(bytesBelow(join(world.server.storageDir, 'blobs'))).toBeLessThan(before + MIB);
  });

  test('sends it when it is approved, and edits go on at once where one file is as it was [STA-04]', async () => {
    const { alice, bob, id } = await changed();
    await bob.must('holds', 'approve', id);
    await until('it arrives', () => (readFileSync(bob.at('file 59'), 'utf8') === 'encrypted 59' ? true : undefined));
    await stabilise([alice, bob]);
    await alice.stop();
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at(`file ${n}`), `edited ${n}`);
    await alice.start();
    await until('it arrives', () => (readFileSync(bob.at('file 59'), 'utf8') === 'edited 59' ? true : undefined));
    expect((await stabilise([alice, bob])).size).toBe(61);
    expect(await alice.holds()).toEqual([]);
  });
});

test('a client that began with nothing agreed on has missed nothing: edits of all its files at once go out', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  fill(alice, 60);
  await stabilise([alice, bob]);
  for (const client of [alice, bob]) {
    const edited = (n: number): string => `edited by ${client.id}, ${n}`;
    for (let n = 0; n < 60; n += 1) writeFileSync(client.at(`file ${n}`), edited(n));
    for (let n = 0; n < 60; n += 1) for (const each of [alice, bob]) await arrives(each.at(`file ${n}`), edited(n));
    expect(await client.holds()).toEqual([]);
  }
});
