import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { count, fill, remove, waiting } from './harness/numbered-files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ testTimeout: 300_000 });

test('a mass deletion waits on, also when the client was killed before it could tell anybody', async () => {
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

test('what is there again of a mass deletion waits no longer, and an approval leaves it alone', async () => {
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
