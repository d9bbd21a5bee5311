import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives } from '../harness/files.ts';
import { inSync } from '../harness/in-sync.ts';
import { count, fill, named, remove, waiting } from '../harness/numbered-files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 600_000 });
const LONG = { within: 180_000 };

const isHalted = (client: ClientProcess): Promise<true> =>
  until(
    `${client.id} says that its folder is not there`,
    async () => ((await client.status()).directories[0]?.problems.some(({ code }) => code === 'root_missing') === true ? true : undefined),
    LONG,
  );

test('a folder of 5,000 files that is moved away deletes nothing, while its client runs and while it is stopped, whatever is made in its place [DEL-04]', async () => {
  const alice = world.client('alice', { settings: { sync_interval_seconds: 5 } });
  const bob = world.client('bob');
  for (let folder = 0; folder < 50; folder += 1) {
    mkdirSync(alice.at(`${folder}`));
    for (let n = 0; n < 100; n += 1) writeFileSync(alice.at(`${folder}`, `${n}`), `content ${folder}/${n}`);
  }
  await Promise.all([alice.start(), bob.start()]);
  await until('the last is at bob', () => (named(bob).length === 50 && readdirSync(bob.at('49')).length === 100 ? true : undefined), LONG);
  expect((await stabilise([alice, bob], LONG)).size).toBe(5_050);
  const { length: before } = await bob.history();
  const away = `${alice.folder}-away`;
  const nothingIsDeleted = async (): Promise<void> => {
    await inSync([bob], LONG);
    expect(named(bob)).toHaveLength(50);
    expect(await bob.history()).toHaveLength(before);
  };

  renameSync(alice.folder, away);
  await isHalted(alice);
  mkdirSync(alice.folder);
  await alice.stop();
  await alice.start();
  await isHalted(alice);
  await nothingIsDeleted();
  await alice.stop();
  rmSync(alice.folder, { recursive: true });
  await alice.start();
  await isHalted(alice);
  await nothingIsDeleted();

  renameSync(away, alice.folder);
  writeFileSync(alice.at('49', 'back'), 'back');
  await until('bob has what came after', () => (readdirSync(bob.at('49')).includes('back') ? true : undefined), LONG);
  expect((await stabilise([alice, bob], LONG)).size).toBe(5_051);
});

test('600 of 1,000 files that are deleted in one go wait, other directories of the client go on, and the command to go on is named [DEL-05]', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob');
  for (const client of [alice, bob]) {
    const folders = { masses: client.folder, beside: join(client.home, 'beside') };
    mkdirSync(folders.beside);
    const directories = Object.entries(folders).map(([name, path]) => ({ name, local_path: path, settings: { shared: true } }));
    writeFileSync(client.config, JSON.stringify({ client_id: client.id, server: world.server.url, directories }));
  }
  const beside = (client: ClientProcess, name: string): string => join(client.home, 'beside', name);
  fill(alice, 1_000);
  await Promise.all([alice.start(), bob.start()]);
  await until('all are at bob', () => (named(bob).length === 1_000 ? true : undefined), LONG);
  await stabilise([alice, bob], LONG);
  remove(alice, 0, 600);
  const id = await waiting(bob, 600);
  await until('bob names the command', () => (bob.log.includes(`syncpair holds approve ${id}`) ? true : undefined));
  expect(named(bob)).toHaveLength(1_000);
  for (let n = 0; n < 20; n += 1) writeFileSync(beside(alice, `f${n}`), `beside ${n}`);
  for (let n = 0; n < 20; n += 1) await arrives(beside(bob, `f${n}`), `beside ${n}`);
  rmSync(beside(bob, 'f0'));
  await until('a deletion beside passes', () => (readdirSync(join(alice.home, 'beside')).includes('f0') ? undefined : true));
  writeFileSync(alice.at('file 700'), 'edited while they wait');
  await arrives(bob.at('file 700'), 'edited while they wait');
  expect(named(bob)).toHaveLength(1_000);
  await alice.must('holds', 'approve', id);
  await count(bob, 400);
  expect((await stabilise([alice, bob], LONG)).size).toBe(400);
  remove(alice, 600, 610);
  await count(bob, 390);
  await stabilise([alice, bob], LONG);
});

test.each(['as a folder', 'file by file'])(
  'what waits as a mass deletion and comes back under another name (%s) is a move, and nothing waits any more [DEL-05]',
  async (how) => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    mkdirSync(alice.at('old'));
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at('old', `${n}`), `content ${n}`);
    await until('all are at bob', () => (named(bob).length === 1 && readdirSync(bob.at('old')).length === 60 ? true : undefined), LONG);
    await stabilise([alice, bob], LONG);
    const away = join(alice.home, 'away');
    renameSync(alice.at('old'), away);
    await until('it is held', async () => ((await alice.holds()).length === 1 ? true : undefined), LONG);
    if (how === 'as a folder') renameSync(away, alice.at('new'));
    else {
      mkdirSync(alice.at('new'));
      for (let n = 0; n < 60; n += 1) renameSync(join(away, `${n}`), alice.at('new', `${n}`));
    }
    await until('nothing is held', async () => ((await alice.holds()).length === 0 ? true : undefined), LONG);
    const tree = await stabilise([alice, bob], LONG);
    expect([...tree.keys()].filter((path) => !path.startsWith('new'))).toEqual([]);
    expect(tree.size).toBe(61);
    await until('nobody knows of a hold', async () => ((await bob.holds()).length === 0 ? true : undefined), LONG);
  },
);
