import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives, leaves } from '../harness/files.ts';
import { sha256 } from '../harness/ledger.ts';
import { putInPlace } from '../harness/put-in-place.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';
import { cutPower, forgetBoot } from './cut-power.ts';
import { forgetLogSince, stateLogIn } from './state-log.ts';

const MIB = 1024 * 1024;

const world = useWorld();

/** What a disk made of a file of 20 KB, and what must come of it: null where the damage is a user's edit. */
const DAMAGES: Readonly<Record<string, (content: Buffer) => Buffer | null>> = {
  'is empty': () => Buffer.alloc(0),
  'lost its end': (content) => content.subarray(0, 9_000),
  'is all zeros': (content) => Buffer.alloc(content.length),
  'lost a page': (content) => Buffer.from(content).fill(0, 4_096, 8_192),
  'is not there': () => null,
};

const hashAt = (tree: Awaited<ReturnType<typeof stabilise>>, path: string): string | undefined => tree.get(path)?.detail.slice(0, 64);

/** How many versions each path has. */
async function versionsOf(client: ClientProcess): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { path } of await client.history()) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

test('what the machine did not get onto its disk is fetched again, and never sent over what is good (R46) [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const contents = new Map<string, Buffer>();
  for (const author of [alice, bob]) {
    for (const damage of Object.keys(DAMAGES)) {
      const path = `${author.id} ${damage}/file`;
      contents.set(path, randomBytes(20_000));
      mkdirSync(dirname(author.at(path)));
      writeFileSync(author.at(path), contents.get(path) as Buffer);
    }
  }
  contents.set('large', randomBytes(3 * MIB));
  putInPlace(alice, 'large', contents.get('large') as Buffer);
  writeFileSync(alice.at('replaced'), 'the first version, which is longer');
  writeFileSync(alice.at('deleted'), 'deleted in the end');
  await stabilise([alice, bob]);
  writeFileSync(alice.at('replaced'), 'the second version');
  rmSync(alice.at('deleted'));
  await arrives(bob.at('replaced'), 'the second version');
  await leaves(bob.at('deleted'));
  await stabilise([alice, bob]);

  await cutPower(alice);
  for (const [path, content] of contents) {
    const damaged = (DAMAGES[path.slice(path.indexOf(' ') + 1, -'/file'.length)] ?? ((all) => all.subarray(0, MIB)))(content);
    if (damaged === null) rmSync(dirname(alice.at(path)), { recursive: true });
    else writeFileSync(alice.at(path), damaged);
  }
  writeFileSync(alice.at('replaced'), 'the first version, which is longer');
  writeFileSync(alice.at('deleted'), 'deleted in the end');
  await alice.start();

  const tree = await stabilise([alice, bob]);
  for (const [path, content] of contents) expect([path, hashAt(tree, path)]).toEqual([path, sha256(content)]);
  expect(hashAt(tree, 'replaced')).toBe(sha256('the second version'));
  expect(tree.has('deleted')).toBe(false);
  const versions = await versionsOf(alice);
  for (const path of contents.keys()) expect([path, versions.get(path)]).toEqual([path, 1]);
  expect(versions.get('replaced')).toBe(2);
  expect(await alice.conflicts()).toEqual([]);
});

test('after a power cut what only a user can have written is an edit all the same (R46) [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of ['shorter', 'longer', 'other', 'late']) writeFileSync(alice.at(name), 'as it was agreed on');
  await stabilise([alice, bob]);
  await cutPower(alice);
  writeFileSync(alice.at('shorter'), 'mine');
  writeFileSync(alice.at('longer'), 'as it was agreed on, and more');
  writeFileSync(alice.at('other'), 'AS IT WAS AGREED ON');
  writeFileSync(alice.at('new'), '');
  await alice.start();
  await arrives(bob.at('shorter'), 'mine');
  await arrives(bob.at('longer'), 'as it was agreed on, and more');
  await arrives(bob.at('other'), 'AS IT WAS AGREED ON');
  await arrives(bob.at('new'), '');
  truncateSync(alice.at('late'), 5);
  await arrives(bob.at('late'), 'as it');
  await stabilise([alice, bob]);
});

test('what others made, changed and removed while the state was not flushed stays as they left it (R46) [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const CHANGED = ['changed, removed', 'changed twice'];
  for (const name of CHANGED) writeFileSync(bob.at(name), 'the first');
  await stabilise([alice, bob]);
  const flushed = stateLogIn(alice.folder);

  const MADE = ['made, removed', 'made, removed, damaged', 'made, moved', 'made, changed'];
  for (const name of MADE) writeFileSync(bob.at(name), `made: ${name}`);
  for (const name of CHANGED) writeFileSync(bob.at(name), 'the second');
  writeFileSync(bob.at('made, removed, edited'), 'made');
  await stabilise([alice, bob]);
  await alice.kill();
  forgetLogSince(alice.folder, flushed, 0);
  forgetBoot(alice.folder);
  writeFileSync(alice.at('made, removed, damaged'), 'made: m');
  writeFileSync(alice.at('made, removed, edited'), 'of my own');

  for (const name of ['made, removed', 'made, removed, damaged', 'made, removed, edited', 'changed, removed']) rmSync(bob.at(name));
  renameSync(bob.at('made, moved'), bob.at('moved'));
  for (const name of ['made, changed', 'changed twice']) writeFileSync(bob.at(name), 'the last');
  await stabilise([bob]);
  await alice.start();

  const tree = await stabilise([alice, bob]);
  expect(new Map([...tree.keys()].map((path) => [path, readFileSync(alice.at(path), 'utf8')]))).toEqual(
    new Map([
      ['changed twice', 'the last'],
      ['made, changed', 'the last'],
      ['made, removed, edited', 'of my own'],
      ['moved', 'made: made, moved'],
    ]),
  );
  expect(await alice.conflicts()).toEqual([]);
});

test('what a user renamed, changed and removed while the state was not flushed stays so, without a conflict (R46) [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
  const FOLDER = ['one', 'two', 'three'];
  mkdirSync(alice.at('folder'));
  for (const name of FOLDER) writeFileSync(alice.at('folder', name), name);
  for (const name of ['renamed', 'changed', 'removed', 'replaced']) writeFileSync(alice.at(name), `${name}: the first`);
  await stabilise([alice, bob]);
  const flushed = stateLogIn(alice.folder);

  renameSync(alice.at('folder'), alice.at('other folder'));
  renameSync(alice.at('renamed'), alice.at('another name'));
  writeFileSync(alice.at('changed'), 'changed: the second');
  rmSync(alice.at('removed'));
  rmSync(alice.at('replaced'));
  await stabilise([alice, bob]);
  writeFileSync(alice.at('replaced'), 'replaced: the second');
  const before = await stabilise([alice, bob]);
  const versions = await versionsOf(alice);
  await alice.kill();
  forgetLogSince(alice.folder, flushed, 0);
  forgetBoot(alice.folder);
  await alice.start();

  expect([...(await stabilise([alice, bob]))]).toEqual([...before]);
  expect([...before.keys()]).toEqual(expect.arrayContaining([...FOLDER.map((name) => `other folder/${name}`), 'another name']));
  expect(await versionsOf(alice)).toEqual(versions);
  expect(await alice.conflicts()).toEqual([]);
});

/** What an interrupted download may be after a crash. */
const PARTS: readonly ((content: Buffer) => Buffer)[] = [
  (content) => content,
  (content) => Buffer.concat([content, content]),
  (content) => Buffer.alloc(content.length),
  (content) => Buffer.concat([content.subarray(0, MIB), Buffer.alloc(MIB)]),
];

test('whatever a crash made of the parts of large downloads, they end in the files as they were sent [CRA-13]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  await bob.kill();
  const contents = PARTS.map(() => randomBytes(3 * MIB));
  for (const [n, content] of contents.entries()) putInPlace(alice, `large ${n}`, content);
  await stabilise([alice]);
  mkdirSync(bob.at('.syncpair_staging'), { recursive: true, mode: 0o700 });
  for (const [n, part] of PARTS.entries()) {
    const content = contents[n] as Buffer;
    writeFileSync(bob.at('.syncpair_staging', sha256(content)), part(content));
  }
  await bob.start();
  const tree = await stabilise([alice, bob]);
  for (const [n, content] of contents.entries()) expect(hashAt(tree, `large ${n}`)).toBe(sha256(content));
});

test.each([
  ['stopped', (client: ClientProcess) => client.stop()],
  ['killed', (client: ClientProcess) => client.kill()],
])('while the machine stays up, a file that is cut short or removed while the client is %s is an edit (R46)', async (_, end) => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of ['cut', 'emptied', 'removed']) writeFileSync(alice.at(name), 'as it was agreed on');
  await stabilise([alice, bob]);
  await end(alice);
  truncateSync(alice.at('cut'), 5);
  truncateSync(alice.at('emptied'));
  rmSync(alice.at('removed'));
  await alice.start();
  await arrives(bob.at('cut'), 'as it');
  await arrives(bob.at('emptied'), '');
  await leaves(bob.at('removed'));
  await stabilise([alice, bob]);
});
