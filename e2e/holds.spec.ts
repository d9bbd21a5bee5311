import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { HoldsResponse } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const named = (client: ClientProcess): string[] => readdirSync(client.folder).filter((name) => !name.startsWith('.syncpair'));
const fill = (client: ClientProcess, count: number): void => {
  for (let n = 0; n < count; n += 1) writeFileSync(client.at(`file ${n}`), `content ${n}`);
};
const remove = (client: ClientProcess, from: number, to: number): void => {
  for (let n = from; n < to; n += 1) rmSync(client.at(`file ${n}`));
};
const waiting = (client: ClientProcess, paths: number): Promise<string> =>
  until(`${client.id} knows of ${paths} that wait`, async () => {
    const [hold] = await client.holds();
    return hold?.paths === paths ? hold.id : undefined;
  });
const count = (client: ClientProcess, files: number): Promise<true> =>
  until(`${client.id} has ${files} files`, () => (named(client).length === files ? true : undefined));

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

  test('a member may reject, and the files come back where they were deleted', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    fill(alice, 60);
    await stabilise([alice, bob]);
    remove(alice, 0, 60);
    const id = await waiting(bob, 60);
    await bob.must('holds', 'reject', id);
    await count(alice, 60);
    expect((await stabilise([alice, bob])).size).toBe(60);
    expect((await alice.run('status')).code).toBe(0);
  });

  test('waits on, also when the client was killed before it could tell anybody', async () => {
    const proxy = await world.proxy();
    const [bob] = await world.started(['bob']);
    const alice = world.client('alice', { server: proxy.url });
    await alice.start();
    fill(bob, 60);
    await stabilise([alice, bob]);
    await proxy.set({ blackHole: true });
    remove(alice, 0, 60);
    await until('alice holds them', async () => ((await alice.status()).directories[0]?.holds === 1 ? true : undefined));
    await alice.kill();
    await proxy.heal();
    expect(await bob.holds()).toEqual([]);
    await alice.start();
    const id = await waiting(bob, 60);
    await bob.must('holds', 'approve', id);
    await count(alice, 0);
    expect((await stabilise([alice, bob])).size).toBe(0);
  });

  test('what is there again waits no longer, and an approval leaves it alone', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    fill(alice, 60);
    await stabilise([alice, bob]);
    remove(alice, 0, 60);
    await waiting(bob, 60);
    for (let n = 0; n < 10; n += 1) writeFileSync(alice.at(`file ${n}`), `content ${n}`);
    const id = await waiting(bob, 50);
    await bob.must('holds', 'approve', id);
    await count(bob, 10);
    expect((await stabilise([alice, bob])).size).toBe(10);
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

test('a folder of packages that is removed waits as a whole, with its folders; an ignored one is nobody else’s affair [WRK-07]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { ignore_patterns: ['cache', 'cache/**'] } });
  for (const folder of ['node_modules', 'cache']) {
    for (let n = 0; n < 40; n += 1) {
      mkdirSync(alice.at(folder, `package-${n}`, 'lib'), { recursive: true });
      for (let file = 0; file < 4; file += 1) writeFileSync(alice.at(folder, `package-${n}`, 'lib', `${file}.js`), `${n} ${file}`);
    }
  }
  writeFileSync(alice.at('package.json'), '{}');
  await stabilise([alice, bob], { without: (path) => path === 'cache' });
  rmSync(alice.at('cache'), { recursive: true });
  rmSync(alice.at('node_modules'), { recursive: true });
  writeFileSync(alice.at('package.json'), '{"private":true}');
  const hold = await until('it waits', async () => (await bob.holds())[0]);
  await until('the rest goes on', () => (readFileSync(bob.at('package.json'), 'utf8') === '{"private":true}' ? true : undefined));
  // On a busy machine a few packages are seen to be gone before the others, and pass; all that is left waits.
  await until('all that bob has waits', async () => {
    const left = readdirSync(bob.at('node_modules'), { recursive: true }).length + 1;
    return (await bob.holds())[0]?.paths === left ? true : undefined;
  });
  expect(await bob.holds()).toMatchObject([{ id: hold.id, kind: 'deletions' }]);
  await bob.must('holds', 'approve', hold.id);
  await until('it is gone', () => (existsSync(bob.at('node_modules')) ? undefined : true));
  expect([...(await stabilise([alice, bob])).keys()]).toEqual(['package.json']);
});

test('a first join deletes nothing, however different the trees are [BAS-04]', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob');
  fill(alice, 80);
  for (let n = 20; n < 100; n += 1) writeFileSync(bob.at(`file ${n}`), n < 60 ? `of bob ${n}` : `content ${n}`);
  await alice.start();
  await stabilise([alice]);
  await bob.start();
  const tree = await stabilise([alice, bob]);
  expect(tree.size).toBe(100);
  expect(await alice.holds()).toEqual([]);
  expect(await bob.conflicts()).toHaveLength(40);
});
