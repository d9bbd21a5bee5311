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
