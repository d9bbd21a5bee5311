import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DevicesResponse } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, read } from './harness/files.ts';
import { inDatabase } from './harness/own-database.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** The notice in a client's status. */
async function noticed(client: ClientProcess, part: string): Promise<void> {
  await until(`${client.id} tells: ${part}`, async () =>
    (await client.status()).directories[0]?.notice?.message.includes(part) === true ? true : undefined,
  );
}

/** Waits until the directory as a whole has this problem. */
const halted = (client: ClientProcess, code: string): Promise<string> =>
  until(`${client.id} is halted by ${code}`, async () => {
    const [directory] = (await client.status()).directories;
    return directory?.problems.find((problem) => problem.path === '.' && problem.code === code)?.message;
  });

/** Leaves of a directory's log what it had at `seq`, as the restore of a backup by PostgreSQL's own tools does: the epoch stays. */
const setBack = (directory: string, seq: string): Promise<void> =>
  inDatabase(world.server.storageDir, async (database) => {
    const { rows } = await database.query<{ id: number }>('SELECT id FROM directory WHERE key = $1', [directory]);
    const at = [rows[0]?.id, seq];
    await database.query('BEGIN');
    await database.query('UPDATE directory SET head_seq = $2 WHERE id = $1', at);
    for (const table of ['commit', 'version', 'move']) await database.query(`DELETE FROM ${table} WHERE directory = $1 AND seq > $2`, at);
    await database.query('DELETE FROM entry WHERE directory = $1', [at[0]]);
    await database.query(
      `INSERT INTO entry (directory, path_hash, parent_hash, path, seq, ordinal, kind, hash, size, mtime, executable, target, ord, since_seq, since_ordinal)
       SELECT DISTINCT ON (path_hash) directory, path_hash, ''::bytea, path, seq, ordinal, kind, hash, size, mtime, executable, target, ord,
         since_seq, since_ordinal FROM version WHERE directory = $1 AND NOT lost ORDER BY path_hash, seq DESC, ordinal DESC`,
      [at[0]],
    );
    await database.query('COMMIT');
  });

test('a server set back to a backup is recognised without a new epoch, also when it went on; what is newer on the clients stays (R48)', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3_600 } });
  for (const name of ['edited', 'deleted', 'kept']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  const { cursor } = (await alice.status()).directories[0] as { cursor: string };
  writeFileSync(alice.at('edited'), 'second, longer');
  writeFileSync(alice.at('new'), 'new');
  unlinkSync(alice.at('deleted'));
  await stabilise([alice, bob]);
  await bob.stop();
  await setBack(alice.directory, cursor);
  await noticed(alice, 'the server has gone back');
  // More commits than bob has ever read: their numbers alone say nothing.
  for (let n = 0; n < 6; n += 1) {
    writeFileSync(alice.at(`later-${n}`), `later ${n}`);
    await stabilise([alice]);
  }
  await bob.start();
  const tree = await stabilise([alice, bob]);
  await noticed(bob, 'set back to an older state');
  expect(read(bob.at('edited'))).toBe('second, longer');
  expect([...tree.keys()]).toEqual(expect.arrayContaining(['edited', 'kept', 'new', 'later-5']));
  expect(await alice.must('status')).toContain('the server has gone back');
});

test('another server at the same address gets nothing and deletes nothing until it is meant; the right one is gone on with by itself (R48) [NET-10]', async () => {
  const proxy = await world.proxy();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: proxy.url });
  writeFileSync(alice.at('file'), 'mine');
  await stabilise([alice, bob]);
  const other = world.otherServer();
  await other.start();
  await bob.stop();
  proxy.retarget(other.url);
  writeFileSync(alice.at('while-swapped'), 'not for this one');
  expect(await halted(alice, 'other_server')).toContain(`syncpair join --directory ${alice.directory}`);
  const stored = await fetch(new URL(`/api/v1/tree?client_id=alice&directory=${alice.directory}&shared=true`, other.url));
  const lines = (await stored.text()).trim().split('\n');
  expect(stored.status === 404 || lines.length === 2, lines.join('\n')).toBe(true);
  expect(readdirSync(alice.folder)).toEqual(expect.arrayContaining(['file', 'while-swapped']));
  proxy.retarget(world.server.url);
  await bob.start();
  await arrives(bob.at('while-swapped'), 'not for this one');
  await stabilise([alice, bob]);

  // The other one is meant after all: said while the client runs, and while it is stopped.
  await bob.stop();
  proxy.retarget(other.url);
  await halted(alice, 'other_server');
  expect(await alice.must('join')).toContain('the server is taken');
  await stabilise([alice]);
  expect(await bob.must('join')).toContain('at the next start');
  await bob.start();
  expect([...(await stabilise([alice, bob])).keys()]).toEqual(['file', 'while-swapped']);
});

test('a folder that was moved away deletes nothing, and the one made in its place is left alone until it is meant (R47) [DEL-04]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (let n = 0; n < 25; n += 1) writeFileSync(alice.at(`file-${n}`), `text ${n}`);
  const before = await stabilise([alice, bob]);
  const away = `${alice.folder}-away`;

  // While it runs.
  renameSync(alice.folder, away);
  mkdirSync(alice.folder);
  await halted(alice, 'root_missing');
  rmdirSync(alice.folder);
  renameSync(away, alice.folder);
  writeFileSync(alice.at('after'), 'back');
  await arrives(bob.at('after'), 'back');

  // While it is stopped: an empty folder in its place is what a mount point without its disk looks like.
  await alice.stop();
  renameSync(alice.folder, away);
  mkdirSync(alice.folder);
  writeFileSync(alice.at('intruder'), 'of nobody');
  const once = await alice.run('client', '--once');
  expect(once.code).toBe(4);
  expect(once.stderr).toContain(`syncpair join --file ${alice.config} --directory ${alice.directory}`);
  expect(readdirSync(alice.folder)).toEqual(['intruder']);
  await alice.start();
  await halted(alice, 'root_missing');
  rmSync(alice.folder, { recursive: true });
  renameSync(away, alice.folder);
  writeFileSync(alice.at('again'), 'back again');
  await arrives(bob.at('again'), 'back again');
  const record = join(alice.home, 'state', 'syncpair', 'roots');
  expect(readdirSync(record).map((name) => statSync(join(record, name)).mode & 0o777)).toEqual([0o600]);

  // And when the new one is meant.
  await alice.stop();
  rmSync(alice.folder, { recursive: true });
  await alice.start();
  expect(await halted(alice, 'root_missing')).toContain('is not there');
  expect(existsSync(alice.folder)).toBe(false);
  expect(await alice.must('join')).toContain('the folder is taken');
  const after = await stabilise([alice, bob]);
  expect([...after.keys()]).toEqual(expect.arrayContaining([...before.keys(), 'after', 'again']));
  expect(await alice.must('join')).toContain('nothing waits');
});

test('a directory that becomes private, and a folder that moves, delete nothing; what was shared stays as it was [CFG-12]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('file'), 'shared');
  await stabilise([alice, bob]);
  await alice.stop();
  alice.configure({ settings: { shared: false } });
  await alice.start();
  await noticed(alice, `it is merged with alice:${alice.directory} now`);
  writeFileSync(alice.at('own'), 'private');
  unlinkSync(alice.at('file'));
  await stabilise([alice]);
  expect(read(bob.at('file'))).toBe('shared');
  expect(existsSync(bob.at('own'))).toBe(false);

  await alice.stop();
  const moved = world.client('alice', { home: alice.home, folder: 'elsewhere', settings: { shared: false } });
  rmdirSync(moved.folder);
  renameSync(alice.folder, moved.folder);
  await moved.start();
  expect([...(await stabilise([moved])).keys()]).toEqual(['own']);
  // The same device goes on: it was told nothing new.
  expect((await moved.status()).directories[0]?.notice?.message).toContain('was synchronised with');
  await moved.stop();

  moved.configure({ settings: { shared: true } });
  await moved.start();
  const tree = await stabilise([moved, bob]);
  expect([...tree.keys()].sort()).toEqual(['file', 'own']);
});

/** A copy with modes and times, as a backup keeps them, or with new ones. */
const copy = (from: string, to: string, how: '-a' | '-r' = '-a'): unknown => execFileSync('cp', [how, `${from}/.`, to]);

test('a folder copied with its state becomes a client of its own; what it lacks or has of old deletes and reverts nothing (R49) [STA-10]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of ['edited', 'deleted', 'lacking', 'kept']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  await alice.stop();
  const clone = world.client('alice', { home: join(alice.home, 'copied') });
  copy(alice.folder, clone.folder);
  await alice.start();
  writeFileSync(alice.at('edited'), 'second, by the original');
  unlinkSync(alice.at('deleted'));
  await stabilise([alice, bob]);
  unlinkSync(clone.at('lacking'));
  writeFileSync(clone.at('kept'), 'edited in the copy');
  await clone.start();
  const tree = await stabilise([alice, bob, clone]);
  expect([...tree.keys()].sort()).toEqual(['edited', 'kept', 'lacking']);
  expect(read(clone.at('edited'))).toBe('second, by the original');
  expect(read(bob.at('kept'))).toBe('edited in the copy');
  await noticed(clone, 'a copy of one that was in sync');
  const query = new URLSearchParams({ client_id: 'alice', directory: alice.directory, shared: 'true' });
  const { devices } = (await (await fetch(`${world.server.url}/api/v1/devices?${query.toString()}`)).json()) as DevicesResponse;
  expect(devices.map(({ client }) => client).sort()).toEqual(['alice', 'alice', 'bob']);
});

test('two clients with one identity, as of a cloned machine, both go on, one of them as a client of its own (R49) [STA-10]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('file'), 'before');
  await stabilise([alice, bob]);
  await alice.stop();
  const clone = world.client('alice', { home: join(alice.home, 'cloned') });
  copy(alice.folder, clone.folder);
  // A cloned machine has the same id and the same inodes.
  const state = new DatabaseSync(clone.at('.syncpair_state.db'));
  const { machine } = state.prepare("SELECT substr(value, 1, instr(value, ' ')) AS machine FROM meta WHERE key = 'place'").get() as {
    machine: string;
  };
  state.prepare("UPDATE meta SET value = ? WHERE key = 'place'").run(`${machine}${statSync(clone.folder).ino}`);
  state.close();
  await alice.start();
  await stabilise([alice]);
  await clone.start();
  await noticed(clone, 'older than what the server has heard');
  writeFileSync(clone.at('of-the-clone'), 'clone');
  await arrives(alice.at('of-the-clone'), 'clone');
  writeFileSync(alice.at('of-the-original'), 'original');
  await noticed(alice, 'another client with the same identity');
  const tree = await stabilise([alice, bob, clone]);
  expect([...tree.keys()].sort()).toEqual(['file', 'of-the-clone', 'of-the-original']);
});

test.each([
  ['-a', 'with its state'],
  ['-r', 'without its state'],
] as const)('a folder restored from an old backup (cp %s) %s deletes and reverts nothing (R49) (R50) [STA-04]', async (how, state) => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of ['edited', 'deleted', 'not-restored', 'kept']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  await alice.stop();
  const backup = `${alice.folder}-backup`;
  mkdirSync(backup);
  copy(alice.folder, backup);
  await alice.start();
  writeFileSync(alice.at('edited'), 'second, longer');
  writeFileSync(alice.at('new'), 'new');
  unlinkSync(alice.at('deleted'));
  const before = await stabilise([alice, bob]);
  await alice.stop();
  for (const name of readdirSync(alice.folder)) rmSync(alice.at(name), { recursive: true });
  unlinkSync(join(backup, 'not-restored'));
  const hasState = state === 'with its state';
  if (!hasState) for (const name of readdirSync(backup)) if (name.startsWith('.syncpair')) rmSync(join(backup, name), { recursive: true });
  copy(backup, alice.folder, how);
  await alice.start();
  await noticed(alice, hasState ? 'older than what the server has heard' : 'is gone');
  const after = await stabilise([alice, bob]);
  // Without a state nothing tells what was deleted elsewhere from what is new.
  expect([...after.keys()].sort()).toEqual([...before.keys(), ...(hasState ? [] : ['deleted'])].sort());
  expect(read(bob.at('edited'))).toBe('second, longer');
  expect(read(alice.at('edited'))).toBe('second, longer');
  expect(await alice.conflicts()).toEqual([]);
});
