import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { quantile } from '../crowd/quantile.ts';
import { SimulatedClient } from '../crowd/simulated-client.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const DIRECTORIES = 100;
const CLIENTS_OF_EACH = 10;
const CLIENTS = DIRECTORIES * CLIENTS_OF_EACH;
/** How long everybody edits once a second, in each directory; `SYNCPAIR_FAN_OUT_SECONDS=1800` for the whole half hour. */
const SECONDS = Number(process.env['SYNCPAIR_FAN_OUT_SECONDS'] ?? 60);
const PATIENCE = { within: 300_000 };
const world = useWorld({ testTimeout: SECONDS * 10_000 + 900_000 });

const clients: SimulatedClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.leave()));
});

/** A directory in which one client edits once a second, and when each edit was due. */
class Team {
  readonly writer: SimulatedClient;
  readonly #due: number[] = [];

  /** `heard` gets the milliseconds from the moment at which an edit was due until one of the clients knew of it. */
  constructor(number: number, heard: (ms: number) => void) {
    const directory = `fan-${number}`;
    const members = Array.from({ length: CLIENTS_OF_EACH }, (_, member) => {
      // The first edit is the first commit.
      const onCommit = ({ seq }: { seq: number }): void => heard(performance.now() - (this.#due[seq - 1] ?? Number.NaN));
      return new SimulatedClient({ server: world.server.url, id: `${directory}-${member}`, directory, onCommit });
    });
    clients.push(...members);
    this.writer = members[0] as SimulatedClient;
  }

  /** Edits at its times, and as soon as it can where the one before took longer. */
  async edit(first: number): Promise<void> {
    for (let edit = 0; edit < SECONDS; edit += 1) {
      this.#due.push(first + edit * 1_000);
      await delay(Math.max(0, first + edit * 1_000 - performance.now()));
      await this.writer.edit('note', `edit ${edit}`);
    }
  }
}

const all = (what: string, isSo: (client: SimulatedClient) => boolean): Promise<true> =>
  until(what, () => (clients.every(isSo) ? true : undefined), { ...PATIENCE, every: 200 }).catch((error: unknown) => {
    const late = clients.filter((client) => !isSo(client));
    const told = late
      .slice(0, 10)
      .map(({ id, cursor, losses, failures }) => `${id} at ${cursor}: ${[...losses, ...failures].slice(-3).join('; ')}`);
    throw new Error([(error as Error).message, `${late.length} of ${clients.length} are not:`, ...told].join('\n'));
  });

test(`${CLIENTS} clients of ${DIRECTORIES} directories, with an edit a second in each for ${SECONDS} s: nobody misses one [SCL-02]`, async () => {
  const times: number[] = [];
  const teams = Array.from({ length: DIRECTORIES }, (_, number) => new Team(number, (ms) => times.push(ms)));
  for (const client of clients) await client.join();
  await all('all are connected', ({ connectedAt }) => connectedAt !== null);
  const first = performance.now() + 1_000;
  await Promise.all(teams.map((team, number) => team.edit(first + (number * 1_000) / DIRECTORIES)));
  await all('all know the last edit', ({ cursor }) => cursor === SECONDS);

  const failed = clients.reduce((sum, { failures }) => sum + failures.length, 0);
  const [p50, p95, most] = [0.5, 0.95, 1].map((part) => `${quantile(times, part).toFixed(0)} ms`);
  console.log(`${times.length} edits were heard of after ${p50}, ${p95}, ${most} (p50, p95, the last); ${failed} requests were made again`);
  for (const client of clients) expect(client.holds('note', `edit ${SECONDS - 1}`), client.id).toBe(true);
  // Each was told of each edit, by its stream, which was never lost.
  expect(times).toHaveLength(CLIENTS * SECONDS);
  expect(clients.filter(({ gaps }) => gaps > 0).map(({ id, gaps }) => `${id} missed ${gaps}`)).toEqual([]);
  expect(clients.flatMap(({ losses }) => losses)).toEqual([]);
});
