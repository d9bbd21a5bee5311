import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { Ledger } from './harness/ledger.ts';
import { randomOperation } from './harness/operations.ts';
import { Random, replayCommand, seedOfRun } from './harness/random.ts';
import { stabilise } from './harness/stabilise.ts';
import { useWorld } from './harness/world.ts';

/** How long the clients are kept busy; `SYNCPAIR_RANDOM_SECONDS` for longer runs. */
const BUSY_MS = Number(process.env['SYNCPAIR_RANDOM_SECONDS'] ?? 20) * 1000;
const seed = seedOfRun();

const world = useWorld({ testTimeout: BUSY_MS + 300_000 });

/** Three people at work in one folder; now and then a machine is switched off and on again. */
async function keepBusy(clients: readonly ClientProcess[], random: Random, ledger: Ledger, done: string[]): Promise<void> {
  const end = performance.now() + BUSY_MS;
  for (let counter = 0; performance.now() < end; counter += 1) {
    const client = random.pick(clients);
    const act = random.below(100);
    if (act === 0 && client.isRunning) {
      done.push(`${client.id} ${random.below(2) === 0 ? (await client.kill(), 'is killed') : (await client.stop(), 'stops')}`);
    } else if (!client.isRunning && act < 10) {
      await client.start();
      done.push(`${client.id} starts`);
    } else {
      const told = randomOperation(client.folder, random, ledger, counter, client.id);
      if (told !== null) done.push(`${client.id}: ${told}`);
    }
    await delay(random.below(random.below(4) === 0 ? 400 : 40));
  }
  for (const client of clients) if (!client.isRunning) await client.start();
}

test(`three clients edit, rename and delete at random, then are the same (seed ${seed}) [CON-19]`, async ({ onTestFailed }) => {
  const done: string[] = [];
  onTestFailed(() => console.error([...done.slice(-400), replayCommand(seed, 'e2e/random.spec.ts')].join('\n')));
  const ledger = new Ledger();
  const clients = await world.started(['alice', 'bob', 'carol'], { settings: { hold: 'off', sync_interval_seconds: 5 } });
  const random = new Random(seed);
  for (let round = 0; round < 2; round += 1) {
    await keepBusy(clients, random, ledger, done);
    await stabilise(clients, { within: 60_000 });
    for (const { folder } of clients) await ledger.settled(folder);
  }
  expect(ledger.size).toBeGreaterThan(0);
  expect(await ledger.missing(clients[0], world.server.url)).toEqual([]);
});
