import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { fsck } from '../harness/fsck.ts';
import { Ledger } from '../harness/ledger.ts';
import { inMiB, memoryOf } from '../harness/memory.ts';
import { randomOperation } from '../harness/operations.ts';
import { Random, seedOfRun } from '../harness/random.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';

/** How long five people are at work in all; `SYNCPAIR_SOAK_SECONDS=86400` for a day. */
const SECONDS = Number(process.env['SYNCPAIR_SOAK_SECONDS'] ?? 160);
/** Looks at everything, evenly spread: one an hour in a long soak. */
const STOPS = Math.max(4, Math.ceil(SECONDS / 3_600));
const BETWEEN_STOPS_MS = (SECONDS / STOPS) * 1_000;
/** Operations a second, by all of them. */
const PER_SECOND = 5;
/** Kills and cuts between two stops: one in five minutes of a long soak. */
const FAULTS = 12;
/** What a process may hold more at the last stop than at the first. After minutes a heap still grows to the size that it will keep. */
const MORE_DESCRIPTORS = 15;
const MORE_BYTES = (SECONDS < 3_600 ? 256 : 64) * 1024 * 1024;
/** What an operation may leave in the database for good: its version, and what indices and unswept rows take. */
const BYTES_OF_OPERATION = 20_000;

const seed = seedOfRun();
const world = useWorld({ testTimeout: SECONDS * 1_000 + STOPS * 400_000 + 300_000 });

interface Held {
  readonly descriptors: number;
  readonly bytes: number;
}

const heldBy = (pid: number): Held => ({ descriptors: readdirSync(`/proc/${pid}/fd`).length, bytes: memoryOf(pid).now });
const tell = ({ descriptors, bytes }: Held): string => `${inMiB(bytes)} and ${descriptors} descriptors`;

/** Bytes of all files below a folder; what goes away meanwhile does not count. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0) : 0),
    0,
  );

test(`five people work for ${SECONDS} s while clients are killed and lines are cut: at each stop all is the same, and nothing grows (seed ${seed}) [WRK-12]`, async ({
  onTestFailed,
}) => {
  onTestFailed(() => console.error(`SYNCPAIR_SEED=${seed} npm run scenarios -- --only WRK-12`));
  const random = new Random(seed);
  const ledger = new Ledger();
  const proxy = await world.proxy();
  const clients = ['alice', 'bob', 'carol', 'dave', 'erin'].map((id) =>
    world.client(id, { server: proxy.url, settings: { hold: 'off', sync_interval_seconds: 5 } }),
  );
  await Promise.all(clients.map((client) => client.start()));
  await stabilise(clients, { within: 120_000 });
  let operations = 0;
  const restarting = new Map<ClientProcess, Promise<void>>();
  const fault = (): void => {
    const client = random.pick(clients);
    if (random.below(2) === 0) proxy.resetAll();
    else if (!restarting.has(client))
      restarting.set(
        client,
        restart(client).finally(() => restarting.delete(client)),
      );
  };
  const work = async (): Promise<void> => {
    const begun = performance.now();
    for (let faults = 0; performance.now() - begun < BETWEEN_STOPS_MS; await delay(1_000 / PER_SECOND)) {
      if (randomOperation(random.pick(clients).folder, random, ledger, operations, 'somebody') !== null) operations += 1;
      if (performance.now() - begun < ((faults + 1) * BETWEEN_STOPS_MS) / (FAULTS + 1)) continue;
      faults += 1;
      fault();
    }
    await Promise.all(restarting.values());
  };

  const stops: { processes: Held[]; database: number; operations: number }[] = [];
  for (let stop = 1; stop <= STOPS; stop += 1) {
    await work();
    await stabilise(clients, { within: 300_000 });
    for (const { folder } of clients) await ledger.settled(folder);
    const processes = [world.server.process, ...clients.map((client) => client.process)].map(({ pid }) => heldBy(pid));
    const database = sizeOf(join(world.server.storageDir, 'postgres', 'data', 'base'));
    stops.push({ processes, database, operations });
    const [server, ...others] = processes as [Held, ...Held[]];
    const largest = others.toSorted((a, b) => b.bytes - a.bytes)[0] as Held;
    console.log(
      `stop ${stop} of ${STOPS}, ${operations} operations: server ${tell(server)}, largest client ${tell(largest)}, database ${inMiB(database)}`,
    );
  }
  expect(await ledger.missing(clients[0] as ClientProcess, world.server.url)).toEqual([]);
  expect((await fsck(world.server)).report).toMatchObject({ clean: true });
  const [first, last] = [stops[0], stops.at(-1)] as [(typeof stops)[number], (typeof stops)[number]];
  for (const [index, after] of last.processes.entries()) {
    const before = first.processes[index] as Held;
    expect(after.descriptors).toBeLessThan(before.descriptors + MORE_DESCRIPTORS);
    expect(after.bytes).toBeLessThan(before.bytes + MORE_BYTES);
  }
  expect((last.database - first.database) / (last.operations - first.operations)).toBeLessThan(BYTES_OF_OPERATION);
});

async function restart(client: ClientProcess): Promise<void> {
  await client.kill();
  await client.start();
}
