import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives, read } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 600_000 });
const LONG = { within: 180_000 };
/** Seconds of the client's own time that the server is away. */
const AWAY = 1_800;
/** How many times as fast the client's clock and timers run meanwhile. */
const SPEED = 40;

test('the server is away for half an hour of the client’s time: it goes on trying, without haste, and resumes [NET-05]', async () => {
  const proxy = await world.proxy();
  const clock = join(world.folder, 'fast clock');
  const preload = `--import=${join(import.meta.dirname, 'fast-clock.process.ts')}`;
  const alice = world.client('alice', { server: proxy.url, wrapper: ['env', `NODE_OPTIONS=${preload}`, `FAST_CLOCK=${clock}`] });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('before'), 'before');
  await arrives(bob.at('before'), 'before');
  await stabilise([alice, bob]);

  await world.server.kill();
  const accepted = proxy.accepted;
  writeFileSync(clock, String(SPEED));
  writeFileSync(alice.at('made meanwhile'), 'from alice');
  writeFileSync(bob.at('by bob'), 'from bob');
  await until('half an hour has passed', () => (Number(read(`${clock}.passed`) ?? 0) >= AWAY ? true : undefined), LONG);
  expect(alice.isRunning).toBe(true);
  const { server, directories } = await alice.status();
  expect([server.reachable, directories[0]?.in_sync]).toEqual([false, false]);
  // For ever, and at most every half minute or so: one lane for requests and one for events.
  const tries = proxy.accepted - accepted;
  expect(tries).toBeGreaterThan(AWAY / 60);
  expect(tries).toBeLessThan(AWAY / 5);

  rmSync(clock);
  await world.server.start();
  await until('bob has what alice made', () => (read(bob.at('made meanwhile')) === 'from alice' ? true : undefined), LONG);
  await until('alice has what bob made', () => (read(alice.at('by bob')) === 'from bob' ? true : undefined), LONG);
  expect((await stabilise([alice, bob], LONG)).size).toBe(3);
  expect(await alice.conflicts()).toEqual([]);
});
