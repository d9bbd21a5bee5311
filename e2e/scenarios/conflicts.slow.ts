import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { setFileTime } from '../harness/file-time.ts';
import { arrives, leaves, read } from '../harness/files.ts';
import { inSync } from '../harness/in-sync.ts';
import { sha256 } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';
import { apart, inSeconds } from './apart.ts';

const world = useWorld({ testTimeout: 400_000 });

/** Writes a file with an mtime. */
function writeAt(path: string, text: string, time: bigint): void {
  writeFileSync(path, text);
  setFileTime(path, time);
}

const hashesOf = async (client: ClientProcess, path: string): Promise<(string | null)[]> =>
  (await client.history(path)).map(({ hash }) => hash);

/** Alice and bob who both have the file. */
async function withFile(name: string, settings: Record<string, unknown> = {}): Promise<[ClientProcess, ClientProcess]> {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings });
  writeFileSync(alice.at(name), 'common');
  await arrives(bob.at(name), 'common');
  await stabilise([alice, bob]);
  return [alice, bob];
}

test('equal times and other contents have the same winner, whoever comes first [CON-06]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const names = Array.from({ length: 10 }, (_, n) => `f${n}`);
  for (const name of names) writeFileSync(alice.at(name), 'common');
  await until('all are at bob', () => (names.every((name) => read(bob.at(name)) === 'common') ? true : undefined));
  await stabilise([alice, bob]);
  const time = inSeconds(30);
  const editBoth = (half: readonly string[]) => (): void => {
    for (const name of half) writeAt(alice.at(name), 'by alice', time);
    for (const name of half) writeAt(bob.at(name), 'by bob', time);
  };
  await apart([alice, bob], editBoth(names.slice(0, 5)));
  await apart([bob, alice], editBoth(names.slice(5)));
  expect(new Set(names.map((name) => read(alice.at(name)))).size).toBe(1);
  expect(await alice.conflicts()).toHaveLength(10);
});

test('a small edit overtakes the slow upload of a large one: one winner, the other is a conflict, nothing is mixed [CON-08]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('f'), 'common');
  await arrives(bob.at('f'), 'common');
  await stabilise([alice, bob]);
  const large = randomBytes(12 * 1024 * 1024);
  await proxy.set({ bytesPerSecond: 300_000, only: /^(POST|PUT) \/blobs/ });
  const before = proxy.passed.up;
  writeFileSync(alice.at('f'), large);
  await until('alice is sending', () => (proxy.passed.up - before > 300_000 ? true : undefined));
  writeFileSync(bob.at('f'), 'small, and sooner there');
  await inSync([bob]);
  await proxy.heal();
  await stabilise([alice, bob], { within: 90_000 });
  const both = [sha256(large), sha256('small, and sooner there')];
  expect(both).toContain(sha256(readFileSync(bob.at('f'))));
  expect(await hashesOf(bob, 'f')).toEqual(expect.arrayContaining(both));
  expect(await bob.conflicts()).toHaveLength(1);
});

test('what is written to a file while its new content is downloaded survives [CON-09]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice');
  const bob = world.client('bob', { server: proxy.url });
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('edited'), 'common');
  await arrives(bob.at('edited'), 'common');
  await stabilise([alice, bob]);
  const contents = { edited: randomBytes(8 * 1024 * 1024), made: randomBytes(8 * 1024 * 1024) };
  await proxy.set({ bytesPerSecond: 300_000, only: /^(GET|POST) \/blobs/ });
  const before = proxy.passed.down;
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(alice.at(name), bytes);
  await until('bob is fetching', () => (proxy.passed.down - before > 300_000 ? true : undefined));
  writeFileSync(bob.at('edited'), 'edited by bob meanwhile');
  writeFileSync(bob.at('made'), 'made by bob meanwhile');
  await proxy.heal();
  await until('both know of both conflicts', async () => ((await alice.conflicts()).length === 2 ? true : undefined), { within: 90_000 });
  await stabilise([alice, bob], { within: 90_000 });
  for (const [name, text] of [
    ['edited', 'edited by bob meanwhile'],
    ['made', 'made by bob meanwhile'],
  ] as const)
    expect(await hashesOf(alice, name)).toEqual(expect.arrayContaining([sha256(text), sha256(contents[name])]));
});

test('a conflict copy is an ordinary file: edited, renamed and deleted elsewhere, and no further copy comes of it [CON-11]', async () => {
  const [alice, bob] = await withFile('f.txt', { conflict_copies: true });
  await apart([alice, bob], () => {
    writeAt(alice.at('f.txt'), 'by alice', inSeconds(10));
    writeAt(bob.at('f.txt'), 'by bob', inSeconds(20));
  });
  const copies = (): string[] => readdirSync(alice.folder).filter((name) => name.includes('.conflict-'));
  const [copy] = copies();
  expect(copies()).toHaveLength(1);
  expect(read(alice.at(copy as string))).toBe('by alice');
  writeFileSync(bob.at(copy as string), 'the copy, edited');
  await arrives(alice.at(copy as string), 'the copy, edited');
  await stabilise([alice, bob]);
  renameSync(alice.at(copy as string), alice.at('renamed.txt'));
  await arrives(bob.at('renamed.txt'), 'the copy, edited');
  await stabilise([alice, bob]);
  rmSync(bob.at('renamed.txt'));
  await leaves(alice.at('renamed.txt'));
  await stabilise([alice, bob]);
  expect(copies()).toEqual([]);
  expect(await alice.conflicts()).toHaveLength(1);
});

test('a conflict over a name of 250 bytes leaves a copy with a valid name, and the loser in the history [CON-13]', async () => {
  const name = `${'ü'.repeat(123)}.txt`;
  expect(Buffer.byteLength(name)).toBe(250);
  const [alice, bob] = await withFile(name, { conflict_copies: true });
  await apart([alice, bob], () => {
    writeAt(alice.at(name), 'by alice', inSeconds(10));
    writeAt(bob.at(name), 'by bob', inSeconds(20));
  });
  const copies = readdirSync(bob.folder).filter((each) => each.includes('.conflict-'));
  expect(copies).toHaveLength(1);
  expect(Buffer.byteLength(copies[0] as string)).toBeLessThanOrEqual(255);
  expect(copies[0]).not.toContain('�');
  expect(read(bob.at(copies[0] as string))).toBe('by alice');
  expect(await hashesOf(bob, name)).toContain(sha256('by alice'));
});

test.each(['the folder comes first', 'the edit comes first'])(
  'a file that became a folder while somebody edited the file: the folder is live, the edit can be had, the conflict is told (%s) [CON-17]',
  async (order) => {
    const [alice, bob] = await withFile('n');
    await apart(order === 'the folder comes first' ? [alice, bob] : [bob, alice], () => {
      rmSync(alice.at('n'));
      mkdirSync(alice.at('n'));
      writeFileSync(alice.at('n', 'child'), 'child');
      writeFileSync(bob.at('n'), 'edited as a file');
    });
    expect(read(bob.at('n', 'child'))).toBe('child');
    expect(await hashesOf(bob, 'n')).toContain(sha256('edited as a file'));
    expect((await bob.conflicts()).map(({ path, kind }) => [path, kind])).toEqual([['n', 'kind']]);
    expect((await alice.status()).directories[0]?.conflicts).toBe(1);
  },
);

test('three who toggle two files between two contents for a minute come to rest, and a last write is not dropped [CON-20]', async () => {
  const clients = await world.started(['alice', 'bob', 'carol']);
  const contents = ['A'.repeat(1_000), 'B'.repeat(1_000)] as const;
  const end = performance.now() + 60_000;
  for (let round = 0; performance.now() < end; round += 1) {
    const client = clients[round % 3] as ClientProcess;
    writeFileSync(client.at(`f${(round >> 1) % 2}`), contents[(round >> 2) % 2] as string);
    await delay(100);
  }
  await stabilise(clients, { within: 120_000 });
  const versions = (await clients[0].history()).length;
  await delay(5_000);
  expect((await clients[0].history()).length).toBe(versions);
  writeFileSync(clients[1].at('f0'), contents[read(clients[1].at('f0')) === contents[0] ? 1 : 0] as string);
  const last = read(clients[1].at('f0')) as string;
  for (const client of clients) await arrives(client.at('f0'), last);
  await stabilise(clients);
});

test('an edit, a chmod and a touch by three who are apart: the edit is executable, and nothing is a conflict [CON-21]', async () => {
  const clients = await world.started(['alice', 'bob', 'carol'], { settings: { conflict_copies: true } });
  const [alice, bob, carol] = clients;
  writeFileSync(alice.at('tool.sh'), '#!/bin/sh\n');
  for (const client of clients) await arrives(client.at('tool.sh'), '#!/bin/sh\n');
  await stabilise(clients);
  await apart([carol, bob, alice], () => {
    writeFileSync(alice.at('tool.sh'), '#!/bin/sh\necho edited\n');
    chmodSync(bob.at('tool.sh'), 0o755);
    const later = Date.now() / 1000 + 100;
    utimesSync(carol.at('tool.sh'), later, later);
  });
  for (const client of clients) {
    expect(read(client.at('tool.sh'))).toBe('#!/bin/sh\necho edited\n');
    expect(statSync(client.at('tool.sh')).mode & 0o100).toBe(0o100);
  }
  expect(await alice.conflicts()).toEqual([]);
  expect(readdirSync(alice.folder).filter((name) => !name.startsWith('.syncpair'))).toEqual(['tool.sh']);
});
