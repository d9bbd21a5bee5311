import { afterEach, expect, test } from 'vitest';
import { Gate } from '../crowd/gate.ts';
import { quantile } from '../crowd/quantile.ts';
import { SimulatedClient } from '../crowd/simulated-client.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 900_000 });
const PATIENCE = { within: 300_000 };
const DIRECTORIES = 25;
/** `SYNCPAIR_HERD=1000` for a thousand clients. */
const CLIENTS = Number(process.env['SYNCPAIR_HERD'] ?? 500);

let herd: SimulatedClient[] = [];
afterEach(async () => {
  await Promise.all(herd.splice(0).map((client) => client.leave()));
});

const all = (what: string, isSo: (client: SimulatedClient) => boolean): Promise<true> =>
  until(what, () => (herd.every(isSo) ? true : undefined), PATIENCE).catch((error: unknown) => {
    const late = herd
      .filter((client) => !isSo(client))
      .map(({ id, cursor, losses, failures }) => `${id} at ${cursor}: ${[...losses, ...failures].slice(-3).join('; ')}`);
    throw new Error([(error as Error).message, `${late.length} of ${herd.length} are not:`, ...late.slice(0, 10)].join('\n'));
  });

test(`${CLIENTS} clients come back at the same moment after a restart: each is connected and knows everything, and no answer is a fault [NET-07]`, async () => {
  const gate = new Gate();
  herd = Array.from(
    { length: CLIENTS },
    (_, number) =>
      new SimulatedClient({ server: world.server.url, id: `herd-${number}`, directory: `herd-${number % DIRECTORIES}`, clock: gate }),
  );
  await Promise.all(herd.map((client) => client.join()));
  await all('all are connected', ({ connectedAt }) => connectedAt !== null);
  const writers = herd.slice(0, DIRECTORIES);
  await Promise.all(writers.map((writer) => writer.edit('note', `before, by ${writer.id}`)));
  await all('all have the first notes', ({ cursor }) => cursor === 1);

  gate.shut();
  await world.server.kill();
  await all('all have noticed', ({ connectedAt }) => connectedAt === null);
  await world.server.start();
  for (const { failures, losses } of herd) failures.length = losses.length = 0;
  const begun = performance.now();
  gate.open();
  // Some read the log before this, some hear of it, and some do neither and have to ask.
  await Promise.all(writers.map((writer) => writer.edit('note', `after, by ${writer.id}`)));
  await all('all are connected again', ({ connectedAt }) => connectedAt !== null);
  await all('all have the later notes', ({ cursor }) => cursor === 2);

  const times = herd.map(({ connectedAt }) => (connectedAt ?? Number.NaN) - begun);
  const tries = herd.flatMap(({ failures, losses }) => [...failures, ...losses]).length;
  console.log(
    `${CLIENTS} clients are back after ${[0.5, 0.99, 1].map((part) => `${(quantile(times, part) / 1_000).toFixed(2)} s`).join(', ')} (p50, p99, all); ${tries} tries failed`,
  );
  for (const client of herd)
    expect(client.holds('note', `after, by ${writers[herd.indexOf(client) % DIRECTORIES]?.id}`), client.id).toBe(true);
  expect(new Set(herd.flatMap(({ answers }) => [...answers.keys()]))).toEqual(new Set([200]));
});
