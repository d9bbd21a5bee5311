import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { setFileTime } from './harness/file-time.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { sha256 } from './harness/ledger.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** A time in so many seconds: newer than what lies there, and not so far ahead that it would not count. In nanoseconds. */
const later = (seconds: number): bigint => BigInt(Date.now() + seconds * 1000) * 1_000_000n;

/** Two clients with the same files, both stopped: what follows is concurrent. */
async function apart(files: Readonly<Record<string, string>>): Promise<{ alice: ClientProcess; bob: ClientProcess }> {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(alice.folder, path, '..'), { recursive: true });
    writeFileSync(alice.at(path), text);
  }
  for (const [path, text] of Object.entries(files)) await arrives(bob.at(path), text);
  await stabilise([alice, bob]);
  await Promise.all([alice.stop(), bob.stop()]);
  return { alice, bob };
}

/** Starts the clients one after the other. */
async function meet(clients: readonly ClientProcess[]): Promise<void> {
  for (const client of clients) {
    await client.start();
    await stabilise([client]);
  }
  await stabilise(clients);
}

const versionsOf = async (client: ClientProcess, path: string): Promise<string[]> =>
  (await client.history(path)).flatMap(({ hash }) => (hash === null ? [] : [hash]));

describe.each(['alice first', 'bob first'])('what both did while they were apart (%s)', (order) => {
  const inOrder = (alice: ClientProcess, bob: ClientProcess): ClientProcess[] => (order === 'alice first' ? [alice, bob] : [bob, alice]);

  test('the newer of two edits wins whoever comes first; the other one is kept, and the log names both contents', async () => {
    const { alice, bob } = await apart({ 'text.txt': 'common' });
    writeFileSync(alice.at('text.txt'), 'by alice, older');
    setFileTime(alice.at('text.txt'), later(60));
    writeFileSync(bob.at('text.txt'), 'by bob, newer');
    setFileTime(bob.at('text.txt'), later(61));
    await meet(inOrder(alice, bob));
    expect(read(alice.at('text.txt'))).toBe('by bob, newer');
    const [conflict, ...more] = await alice.conflicts();
    expect(more).toEqual([]);
    expect(conflict).toMatchObject({
      path: 'text.txt',
      winner: { author: 'bob', hash: sha256('by bob, newer') },
      loser: { author: 'alice', hash: sha256('by alice, older') },
    });
    const told = (alice.log + bob.log).split('\n').filter((line) => line.includes('WARN') && line.includes('Conflict detected'));
    expect(told.length).toBeGreaterThan(0);
    for (const text of ['by bob, newer', 'by alice, older'])
      expect(told.some((line) => line.includes(sha256(text).slice(0, 12)))).toBe(true);
    await alice.must('conflicts', 'resolve', conflict?.id ?? '', 'loser');
    await arrives(bob.at('text.txt'), 'by alice, older');
    expect(await bob.conflicts()).toEqual([]);
  });

  test('an edit survives a deletion, of the file and of the folder that it lies in', async () => {
    const { alice, bob } = await apart({ 'edited.txt': 'first', 'folder/inside.txt': 'first', 'folder/other.txt': 'first', same: 'same' });
    writeFileSync(alice.at('edited.txt'), 'edited by alice');
    writeFileSync(alice.at('folder', 'inside.txt'), 'edited by alice');
    writeFileSync(alice.at('folder', 'new.txt'), 'made by alice');
    rmSync(bob.at('edited.txt'));
    rmSync(bob.at('folder'), { recursive: true });
    await meet(inOrder(alice, bob));
    const tree = await stabilise([alice, bob]);
    expect([...tree.keys()].sort()).toEqual(['edited.txt', 'folder', 'folder/inside.txt', 'folder/new.txt', 'same']);
    expect(read(bob.at('edited.txt'))).toBe('edited by alice');
    expect(read(bob.at('folder', 'inside.txt'))).toBe('edited by alice');
  });

  test('a chmod and a touch beside an edit are no conflict', async () => {
    const { alice, bob } = await apart({ 'tool.sh': '#!/bin/sh\n', 'note.txt': 'note' });
    chmodSync(alice.at('tool.sh'), 0o755);
    writeFileSync(bob.at('tool.sh'), '#!/bin/sh\necho\n');
    setFileTime(alice.at('note.txt'), later(60));
    writeFileSync(bob.at('note.txt'), 'edited');
    await meet(inOrder(alice, bob));
    expect(read(alice.at('tool.sh'))).toBe('#!/bin/sh\necho\n');
    expect(statSync(bob.at('tool.sh')).mode & 0o100).toBe(0o100);
    expect(read(alice.at('note.txt'))).toBe('edited');
    expect(await alice.conflicts()).toEqual([]);
  });

  test('a file that became a folder here and was edited there: both contents stay to be had', async () => {
    const { alice, bob } = await apart({ thing: 'a file' });
    rmSync(alice.at('thing'));
    mkdirSync(alice.at('thing'));
    writeFileSync(alice.at('thing', 'child'), 'child');
    writeFileSync(bob.at('thing'), 'edited by bob');
    await meet(inOrder(alice, bob));
    const hashes = (await alice.history()).map(({ hash }) => hash);
    expect(hashes).toContain(sha256('edited by bob'));
    expect(hashes).toContain(sha256('child'));
  });

  test('a folder renamed here and worked in there: nothing is lost', async () => {
    const { alice, bob } = await apart({ 'old/x.txt': 'x', 'old/y.txt': 'y' });
    renameSync(alice.at('old'), alice.at('new'));
    writeFileSync(bob.at('old', 'x.txt'), 'edited by bob');
    writeFileSync(bob.at('old', 'z.txt'), 'made by bob');
    await meet(inOrder(alice, bob));
    const tree = await stabilise([alice, bob]);
    const texts = [...tree.keys()].flatMap((path) => read(alice.at(path)) ?? []);
    for (const text of ['y', 'edited by bob', 'made by bob']) expect(texts).toContain(text);
  });

  test('the same edit on both sides is no conflict, and both deletions are one', async () => {
    const { alice, bob } = await apart({ same: 'first', gone: 'gone', kept: 'kept' });
    for (const client of [alice, bob]) {
      writeFileSync(client.at('same'), 'second');
      rmSync(client.at('gone'));
      writeFileSync(client.at('new'), 'new on both sides');
    }
    await meet(inOrder(alice, bob));
    expect((await stabilise([alice, bob])).size).toBe(3);
    expect(await alice.conflicts()).toEqual([]);
  });
});

test('five who edit one file at the same time leave one winner and four conflicts, all contents to be had', async () => {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
  const clients = await world.started(names);
  writeFileSync(clients[0].at('board.txt'), 'common');
  for (const client of clients) await arrives(client.at('board.txt'), 'common');
  await stabilise(clients);
  await Promise.all(clients.map((client) => client.stop()));
  for (const client of clients) writeFileSync(client.at('board.txt'), `by ${client.id}`);
  await Promise.all(clients.map((client) => client.start()));
  await stabilise(clients);
  const hashes = await versionsOf(clients[0], 'board.txt');
  for (const name of names) expect(hashes).toContain(sha256(`by ${name}`));
  expect(await clients[0].conflicts()).toHaveLength(4);
});

describe('a file that is deleted and made again', () => {
  test.each(['the same content', 'another content'])('with %s, at once', async (what) => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (let n = 0; n < 10; n += 1) writeFileSync(alice.at(`file ${n}`), `first ${n}`);
    await arrives(bob.at('file 9'), 'first 9');
    await stabilise([alice, bob]);
    const text = (n: number): string => (what === 'the same content' ? `first ${n}` : `second ${n}`);
    for (let n = 0; n < 10; n += 1) {
      rmSync(alice.at(`file ${n}`));
      writeFileSync(alice.at(`file ${n}`), text(n));
    }
    await arrives(bob.at('file 9'), text(9));
    expect((await stabilise([alice, bob])).size).toBe(10);
    for (let n = 0; n < 10; n += 1) expect(read(bob.at(`file ${n}`))).toBe(text(n));
  });

  test('after the deletion has travelled; and one that is not made again does not come back', async () => {
    const [alice, bob] = await world.started(['alice', 'bob']);
    for (const name of ['again', 'for good', 'kept']) writeFileSync(alice.at(name), name);
    await arrives(bob.at('for good'), 'for good');
    await stabilise([alice, bob]);
    await bob.stop();
    rmSync(alice.at('again'));
    rmSync(alice.at('for good'));
    await until('the deletion is on the server', async () => ((await alice.history('for good'))[0]?.deleted === true ? true : undefined));
    writeFileSync(alice.at('again'), 'again');
    await stabilise([alice]);
    await bob.start();
    await leaves(bob.at('for good'));
    await stabilise([alice, bob]);
    expect(
      readdirSync(bob.folder)
        .filter((name) => !name.startsWith('.syncpair'))
        .sort(),
    ).toEqual(['again', 'kept']);
  });
});
