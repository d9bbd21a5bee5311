import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { arrives } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 600_000 });

const AWAY_MS = 120_000;
/** The longest pause between two tries, with a second for a busy machine. */
const LONGEST_PAUSE_MS = 31_000;

test('a server that is away for two minutes is asked ever more rarely, and all that happened travels when it is back [NET-01]', async () => {
  const server = world.otherServer();
  await server.start();
  const clients = await world.started(['alice', 'bob'], { server: server.url });
  const [alice, bob] = clients;
  mkdirSync(alice.at('folder'));
  for (const name of ['edited', 'deleted', 'renamed', 'folder/inside']) writeFileSync(alice.at(name), `first ${name}`);
  await arrives(bob.at('folder', 'inside'), 'first folder/inside');
  await stabilise(clients);
  await server.stop();
  // Listens in its place, and ends whatever comes.
  const tries: number[] = [];
  const nobody = createServer((socket) => {
    tries.push(performance.now());
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((resolve) => nobody.listen(server.port, '127.0.0.1', resolve));
  writeFileSync(alice.at('edited'), 'second edited');
  rmSync(alice.at('deleted'));
  renameSync(alice.at('renamed'), alice.at('new name'));
  renameSync(bob.at('folder'), bob.at('moved folder'));
  await delay(AWAY_MS);
  writeFileSync(bob.at('made'), 'made by bob');
  for (const client of clients) {
    expect(client.isRunning).toBe(true);
    expect((await client.status()).directories[0]).toMatchObject({ state: 'offline', in_sync: false });
  }
  await new Promise((resolve) => nobody.close(resolve));
  const ended = performance.now();
  await server.start();
  await arrives(bob.at('edited'), 'second edited');
  await arrives(alice.at('made'), 'made by bob');
  const tree = await stabilise(clients, { within: 60_000 });
  expect([...tree.keys()].sort()).toEqual(['edited', 'made', 'moved folder', 'moved folder/inside', 'new name']);
  expect(await alice.conflicts()).toEqual([]);

  // Two clients, each with an event stream and a request that it tries. The pauses grow to half a minute, less a fifth.
  const pauses = tries.slice(1).map((time, index) => time - (tries[index] as number));
  expect(Math.max(...pauses)).toBeLessThan(LONGEST_PAUSE_MS);
  const grownAt = (tries[0] as number) + 40_000;
  const late = tries.filter((time) => time > grownAt);
  expect(late.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThanOrEqual(2 * 2 * Math.ceil((ended - grownAt) / 24_000));
});
