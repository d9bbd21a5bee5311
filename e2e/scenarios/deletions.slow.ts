import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { arrives, leaves, read } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';
import { apart } from './apart.ts';

const world = useWorld({ testTimeout: 400_000 });

test('an edit, a deletion and a rename at the other side follow, and what they replaced can be had [BAS-02]', async () => {
  const [alice, bob, carol] = await world.started(['alice', 'bob', 'carol']);
  for (const name of ['edited', 'deleted', 'renamed']) writeFileSync(alice.at(name), `${name}, the first content`);
  for (const client of [bob, carol]) await arrives(client.at('renamed'), 'renamed, the first content');
  await stabilise([alice, bob, carol]);
  writeFileSync(bob.at('edited'), 'edited by bob');
  rmSync(bob.at('deleted'));
  renameSync(bob.at('renamed'), bob.at('new name'));
  for (const client of [alice, carol]) {
    await arrives(client.at('edited'), 'edited by bob');
    await leaves(client.at('deleted'));
    await arrives(client.at('new name'), 'renamed, the first content');
  }
  await stabilise([alice, bob, carol]);
  for (const name of ['edited', 'deleted']) {
    const first =
      (await carol.history(name)).find(({ deleted, hash }) => !deleted && hash !== null && !deleted) && (await carol.history(name)).at(-1);
    await carol.must(
      'restore',
      '--directory',
      carol.directory,
      name,
      '--version',
      first?.version as string,
      '--output',
      carol.at(`${name}.old`),
    );
    expect(read(carol.at(`${name}.old`))).toBe(`${name}, the first content`);
  }
});

test('two delete a folder while a third adds a file in it: the folder lives with that file only [DEL-13]', async () => {
  const clients = await world.started(['alice', 'bob', 'carol']);
  const [alice, bob, carol] = clients;
  mkdirSync(alice.at('d', 'deep'), { recursive: true });
  for (const name of ['a', 'b', 'deep/c']) writeFileSync(alice.at('d', name), name);
  for (const client of clients) await arrives(client.at('d', 'deep/c'), 'deep/c');
  await stabilise(clients);
  await apart([alice, bob, carol], () => {
    for (const client of [alice, bob]) rmSync(client.at('d'), { recursive: true });
    writeFileSync(carol.at('d', 'added'), 'added by carol');
  });
  for (const client of clients) {
    expect(readdirSync(client.at('d'))).toEqual(['added']);
    expect(read(client.at('d', 'added'))).toBe('added by carol');
  }
  expect(await alice.conflicts()).toEqual([]);
});
