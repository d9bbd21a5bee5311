import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { setFileTime } from './harness/file-time.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { sha256 } from './harness/ledger.ts';
import { inSync } from './harness/in-sync.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** A time in so many seconds: newer than what lies there, and not so far ahead that it would not count. In nanoseconds. */
const later = (seconds: number): bigint => BigInt(Date.now() + seconds * 1000) * 1_000_000n;

/** What two people do to the same files while they are apart, and how it must end, whoever comes back first. Paths lie in a folder each. */
interface Scenario {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** `at` gives a path in the scenario's folder. */
  readonly alice: (at: (path: string) => string) => void;
  readonly bob: (at: (path: string) => string) => void;
  /** What lies there in the end, with the text of files; null where only the contents count. */
  readonly ends: Readonly<Record<string, string | null>> | null;
  /** Texts that must be in the history. */
  readonly kept?: readonly string[];
  /** Texts that some file must hold, whatever its name by now. */
  readonly live?: readonly string[];
  readonly conflicts: number | null;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'two edits',
    files: { text: 'common' },
    alice: (at) => writeAt(at('text'), 'by alice, older', later(60)),
    bob: (at) => writeAt(at('text'), 'by bob, newer', later(61)),
    ends: { text: 'by bob, newer' },
    kept: ['by alice, older'],
    conflicts: 1,
  },
  {
    name: 'edits against deletions',
    files: { edited: 'first', 'folder/inside': 'first', 'folder/other': 'first', same: 'same' },
    alice: (at) => {
      writeFileSync(at('edited'), 'edited by alice');
      writeFileSync(at('folder/inside'), 'edited inside');
      writeFileSync(at('folder/new'), 'made by alice');
    },
    bob: (at) => {
      rmSync(at('edited'));
      rmSync(at('folder'), { recursive: true });
    },
    ends: { edited: 'edited by alice', folder: null, 'folder/inside': 'edited inside', 'folder/new': 'made by alice', same: 'same' },
    conflicts: 0,
  },
  {
    name: 'a chmod and a touch beside edits',
    files: { 'tool.sh': '#!/bin/sh\n', note: 'note' },
    alice: (at) => {
      chmodSync(at('tool.sh'), 0o755);
      setFileTime(at('note'), later(60));
    },
    bob: (at) => {
      writeFileSync(at('tool.sh'), '#!/bin/sh\necho\n');
      writeFileSync(at('note'), 'edited');
    },
    ends: { 'tool.sh': '#!/bin/sh\necho\n', note: 'edited' },
    conflicts: 0,
  },
  {
    name: 'a file that became a folder',
    files: { thing: 'a file' },
    alice: (at) => {
      rmSync(at('thing'));
      mkdirSync(at('thing'));
      writeFileSync(at('thing/child'), 'child in place of a file');
    },
    bob: (at) => writeFileSync(at('thing'), 'edited as a file'),
    ends: null,
    kept: ['child in place of a file', 'edited as a file'],
    conflicts: null,
  },
  {
    name: 'work in a renamed folder',
    files: { 'old/x': 'x', 'old/y': 'y in the folder' },
    alice: (at) => renameSync(at('old'), at('new')),
    bob: (at) => {
      writeFileSync(at('old/x'), 'edited in the folder');
      writeFileSync(at('old/z'), 'made in the folder');
    },
    ends: null,
    live: ['y in the folder', 'edited in the folder', 'made in the folder'],
    conflicts: 0,
  },
  {
    name: 'the same on both sides',
    files: { same: 'first', gone: 'gone', kept: 'kept' },
    alice: (at) => editTheSame(at),
    bob: (at) => editTheSame(at),
    ends: { same: 'second', new: 'new on both sides', kept: 'kept' },
    conflicts: 0,
  },
  {
    name: 'one side only edits, deletes and moves',
    files: { 'edited by alice': 'first', 'deleted by bob': 'deleted', 'moved by alice': 'moved', same: 'same' },
    alice: (at) => {
      writeFileSync(at('edited by alice'), 'second');
      renameSync(at('moved by alice'), at('moved'));
    },
    bob: (at) => rmSync(at('deleted by bob')),
    ends: { 'edited by alice': 'second', moved: 'moved', same: 'same' },
    kept: ['first', 'deleted'],
    conflicts: 0,
  },
  {
    name: 'both make one name with other contents',
    files: { kept: 'kept' },
    alice: (at) => writeAt(at('made'), 'made by alice, newer', later(61)),
    bob: (at) => writeAt(at('made'), 'made by bob, older', later(60)),
    ends: { kept: 'kept', made: 'made by alice, newer' },
    kept: ['made by bob, older'],
    conflicts: 1,
  },
  {
    name: 'a file is moved while it is edited',
    files: { old: 'before both' },
    alice: (at) => renameSync(at('old'), at('new')),
    bob: (at) => writeFileSync(at('old'), 'edited under its old name'),
    ends: null,
    kept: ['before both'],
    live: ['edited under its old name'],
    conflicts: null,
  },
  {
    name: 'both make the same folder',
    files: { kept: 'kept' },
    alice: (at) => writeIn(at('made'), 'a', 'of alice'),
    bob: (at) => writeIn(at('made'), 'b', 'of bob'),
    ends: { kept: 'kept', made: null, 'made/a': 'of alice', 'made/b': 'of bob' },
    conflicts: 0,
  },
  {
    name: 'two names change places, and one of them is edited',
    files: { x: 'content x', y: 'content y' },
    alice: (at) => {
      renameSync(at('x'), at('z'));
      renameSync(at('y'), at('x'));
      renameSync(at('z'), at('y'));
    },
    bob: (at) => writeFileSync(at('x'), 'x edited by bob'),
    // Bob's edit is the newer of the two that meet at x; what alice had brought there can be had.
    ends: { x: 'x edited by bob', y: 'content x' },
    kept: ['content y'],
    conflicts: 1,
  },
];

function writeAt(path: string, text: string, time: bigint): void {
  writeFileSync(path, text);
  setFileTime(path, time);
}

function writeIn(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

function editTheSame(at: (path: string) => string): void {
  writeFileSync(at('same'), 'second');
  rmSync(at('gone'));
  writeFileSync(at('new'), 'new on both sides');
}

test.each(['alice first', 'bob first'])(
  'what both did while they were apart ends the same for everybody (%s) (R02) [CON-01] [CON-02] [CON-14] [CON-16] [CON-18] [DEL-02]',
  async (order) => {
    const [alice, bob] = await world.started(['alice', 'bob'], { settings: { hold: 'off' } });
    for (const { name, files } of SCENARIOS)
      for (const [path, text] of Object.entries(files)) writeIn(alice.at(name, path, '..'), basename(path), text);
    await until('all are at bob', () => (SCENARIOS.every(({ name }) => existsSync(bob.at(name))) ? true : undefined));
    await stabilise([alice, bob]);
    await Promise.all([alice.stop(), bob.stop()]);
    for (const scenario of SCENARIOS)
      for (const client of [alice, bob]) scenario[client.id as 'alice' | 'bob']((path) => client.at(scenario.name, path));
    for (const client of order === 'alice first' ? [alice, bob] : [bob, alice]) {
      await client.start();
      await inSync([client]);
    }
    const tree = await stabilise([alice, bob]);
    const conflicts = await alice.conflicts();
    const history = new Set((await alice.history()).map(({ hash }) => hash));
    for (const { name, ends, kept = [], live = [], conflicts: expected } of SCENARIOS) {
      const inside = [...tree.keys()].filter((path) => path.startsWith(`${name}/`)).map((path) => path.slice(name.length + 1));
      if (ends !== null) {
        expect.soft(inside.sort(), name).toEqual(Object.keys(ends).sort());
        for (const [path, text] of Object.entries(ends)) expect.soft(read(bob.at(name, path)), `${name}/${path}`).toBe(text);
      }
      for (const text of kept) expect.soft(history.has(sha256(text)), `${name}: ${text}`).toBe(true);
      const texts = inside.map((path) => read(bob.at(name, path)));
      for (const text of live) expect.soft(texts, name).toContain(text);
      const found = conflicts.filter(({ path }) => path.startsWith(`${name}/`));
      if (expected !== null) expect.soft(found, name).toHaveLength(expected);
    }
    expect(statSync(alice.at('a chmod and a touch beside edits', 'tool.sh')).mode & 0o100).toBe(0o100);

    const conflict = conflicts.find(({ path }) => path === 'two edits/text');
    expect(conflict).toMatchObject({
      winner: { author: 'bob', hash: sha256('by bob, newer') },
      loser: { author: 'alice', hash: sha256('by alice, older') },
    });
    const told = (alice.log + bob.log).split('\n').filter((line) => line.includes('WARN') && line.includes('two edits/text'));
    for (const text of ['by bob, newer', 'by alice, older']) expect(told.join('\n')).toContain(sha256(text).slice(0, 12));
    await alice.must('conflicts', 'resolve', conflict?.id ?? '', 'loser');
    await arrives(bob.at('two edits', 'text'), 'by alice, older');
    expect((await bob.conflicts()).filter(({ path }) => path === 'two edits/text')).toEqual([]);
  },
);

test('five who edit one file at the same time leave one winner and four conflicts, all contents to be had (R09) [CON-12]', async () => {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
  const clients = await world.started(names);
  writeFileSync(clients[0].at('board.txt'), 'common');
  for (const client of clients) await arrives(client.at('board.txt'), 'common');
  await stabilise(clients);
  await Promise.all(clients.map((client) => client.stop()));
  for (const client of clients) writeFileSync(client.at('board.txt'), `by ${client.id}`);
  await Promise.all(clients.map((client) => client.start()));
  await stabilise(clients);
  const hashes = (await clients[0].history('board.txt')).map(({ hash }) => hash);
  for (const name of names) expect(hashes).toContain(sha256(`by ${name}`));
  expect(await clients[0].conflicts()).toHaveLength(4);
});

describe('a file that is deleted and made again', () => {
  test.each(['the same content', 'another content'])('with %s, at once [DEL-10]', async (what) => {
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

  test('after the deletion has travelled; and one that is not made again does not come back (R05) [DEL-01]', async () => {
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
