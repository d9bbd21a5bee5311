import { Agent, request } from 'node:http';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { read } from '../harness/files.ts';
import { sha256 } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 900_000 });
/** Requests a second that the noisy one sends, and for how long; `SYNCPAIR_NOISE_SECONDS=300` for the whole of it. */
const NOISE_PER_SECOND = 1_000;
const NOISE_MS = Number(process.env['SYNCPAIR_NOISE_SECONDS'] ?? 60) * 1_000;

/** Requests that are open at most: more than that at once would be an attack on the network and not on the service. */
const MOST_OPEN = 400;

/** A script that commits without ever waiting for an answer. */
class Noise {
  readonly statuses: Record<string, number> = {};
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_OPEN });
  #open = 0;

  async make(port: number): Promise<void> {
    for (const begun = performance.now(); performance.now() - begun < NOISE_MS;) {
      const due = ((performance.now() - begun) / 1_000) * NOISE_PER_SECOND;
      for (let sent = this.#open + this.#answered(); sent < due && this.#open < MOST_OPEN; sent += 1) this.#commit(port, sent);
      await delay(10);
    }
    await until('all are answered', () => (this.#open === 0 ? true : undefined), { within: 120_000 });
    this.#agent.destroy();
  }

  #answered(): number {
    return Object.values(this.statuses).reduce((sum, count) => sum + count, 0);
  }

  #commit(port: number, number: number): void {
    this.#open += 1;
    let told = false;
    const done = (status: string): void => {
      if (told) return;
      told = true;
      this.#open -= 1;
      this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    };
    const body = JSON.stringify({
      client_id: 'noisy',
      directory: 'noise',
      shared: true,
      path: `file ${number % 500}`,
      modified: new Date().toISOString(),
      hash: sha256(`${number}`),
      content: Buffer.from(`${number}`).toString('base64'),
    });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request({ host: '127.0.0.1', port, path: '/upload', method: 'POST', agent: this.#agent, headers }, (answer) => {
      answer.resume().on('end', () => done(String(answer.statusCode)));
      answer.on('error', () => done('cut'));
    })
      .on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'failed'))
      .end(body);
  }
}

/** Milliseconds after which edits of alice are at bob, one edit after the other. */
async function travelTimes(alice: ClientProcess, bob: ClientProcess, enough: () => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let edit = 0; !enough(); edit += 1) {
    const text = `edit ${edit} of ${times.length}`;
    const begun = performance.now();
    writeFileSync(alice.at('edited'), text);
    await until(`edit ${edit} is at bob`, () => (read(bob.at('edited')) === text ? true : undefined), { within: 60_000, every: 5 });
    times.push(performance.now() - begun);
  }
  return times;
}

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;

test('one client commits a thousand times a second: it is refused what is too much, and the others go on [SEC-19]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const calm = await travelTimes(alice, bob, counted(60));
  const noise = new Noise();
  let over = false;
  const made = noise.make(world.server.port).finally(() => (over = true));
  const meanwhile = await travelTimes(alice, bob, () => over);
  await made;
  console.log(
    `an edit travels within ${p95(calm).toFixed(0)} ms (p95 of ${calm.length}) in silence, ` +
      `${p95(meanwhile).toFixed(0)} ms (p95 of ${meanwhile.length}) beside the noise; its answers: ${JSON.stringify(noise.statuses)}`,
  );
  expect(Object.keys(noise.statuses).filter((status) => !['200', '201', '429'].includes(status))).toEqual([]);
  // What it got is its share, however much it asked for.
  const served = (noise.statuses['200'] ?? 0) + (noise.statuses['201'] ?? 0);
  expect(served).toBeLessThanOrEqual(20_000 + 500 * (NOISE_MS / 1_000 + 2));
  expect(noise.statuses['429']).toBeGreaterThan(0);
  // Each edit arrived; as many of them as there is time for, even on a slow machine.
  expect(meanwhile.length).toBeGreaterThan(NOISE_MS / 5_000);
  await stabilise([alice, bob]);
  expect(await alice.history('edited')).not.toEqual([]);
});

function counted(count: number): () => boolean {
  let left = count;
  return () => (left -= 1) < 0;
}
