import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, read } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** A copy with modes and times, as a backup keeps them. */
const copy = (from: string, to: string): unknown => execFileSync('cp', ['-a', from, to]);

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

test('a server set back to a backup is recognised without a new epoch, also when it went on; what is newer on the clients stays', async () => {
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3_600 } });
  for (const name of ['edited', 'deleted', 'kept']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  await world.server.stop();
  const backup = `${world.server.storageDir}-backup`;
  copy(world.server.storageDir, backup);
  await world.server.start();
  writeFileSync(alice.at('edited'), 'second, longer');
  writeFileSync(alice.at('new'), 'new');
  unlinkSync(alice.at('deleted'));
  await stabilise([alice, bob]);
  await bob.stop();
  await world.server.stop();
  rmSync(world.server.storageDir, { recursive: true });
  copy(backup, world.server.storageDir);
  await world.server.start();
  await noticed(alice, 'the server has gone back');
  // More commits than bob has ever read: their numbers alone say nothing.
  for (let n = 0; n < 12; n += 1) {
    writeFileSync(alice.at(`later-${n}`), `later ${n}`);
    if (n % 3 === 0) await stabilise([alice]);
  }
  await stabilise([alice]);
  await bob.start();
  const tree = await stabilise([alice, bob]);
  await noticed(bob, 'set back to an older state');
  expect(read(bob.at('edited'))).toBe('second, longer');
  expect([...tree.keys()]).toEqual(expect.arrayContaining(['edited', 'kept', 'new', 'later-11']));
  expect((await alice.must('status')).replaceAll(/\s+/g, ' ')).toContain('notice');
});

test('another server at the same address gets nothing and deletes nothing; the right one is gone on with by itself [NET-10]', async () => {
  const alice = world.client('alice');
  writeFileSync(alice.at('file'), 'mine');
  await alice.start();
  await stabilise([alice]);
  const { port } = world.server;
  await world.server.stop();
  const other = world.otherServer();
  await other.start(port);
  writeFileSync(alice.at('while-swapped'), 'not for this one');
  expect(await halted(alice, 'other_server')).toContain(`syncpair join --directory ${alice.directory}`);
  const stored = await fetch(new URL(`/api/v1/tree?client_id=alice&directory=${alice.directory}&shared=true`, other.url));
  const lines = (await stored.text()).trim().split('\n');
  expect(stored.status === 404 || lines.length === 2, lines.join('\n')).toBe(true);
  expect(readdirSync(alice.folder)).toEqual(expect.arrayContaining(['file', 'while-swapped']));
  await other.end();
  await world.server.start(port);
  const bob = world.client('bob');
  await bob.start();
  await arrives(bob.at('while-swapped'), 'not for this one');
  await stabilise([alice, bob]);
  expect(existsSync(bob.at('file'))).toBe(true);
});
