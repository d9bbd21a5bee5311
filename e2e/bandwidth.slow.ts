import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const LOST = /does not take requests/;

const world = useWorld({ testTimeout: 900_000 });

/** The time of the clock on the wall so many minutes on. */
function clockIn(minutes: number): string {
  const at = new Date(Date.now() + minutes * 60_000);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

test('transfers that share a low limit for longer than anybody waits for progress end at the first try', async () => {
  const alice = world.client('alice', { bandwidth: { upload: '20 KB/s' } });
  const bob = world.client('bob', { bandwidth: { download: '20 KB/s' } });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  for (const size of [500_000, 700_000, 900_000, 50_000]) writeFileSync(alice.at(`of ${size}`), randomBytes(size));
  await stabilise([alice, bob], { within: 600_000 });
  expect(alice.log).not.toMatch(LOST);
  expect(bob.log).not.toMatch(LOST);
});

test('a timetable takes effect while a transfer is under way', async () => {
  const always = { upload: '20 KB/s', timetable: [{ from: clockIn(2), to: clockIn(120), upload: 'unlimited' }] };
  const alice = world.client('alice', { bandwidth: always });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const [status, begun] = [await alice.status(), Date.now()];
  expect(status.bandwidth?.upload).toBe(20_000);
  // An hour and more under the limit.
  writeFileSync(alice.at('film'), randomBytes(80_000_000));
  await until('the limit has ended', async () => ((await alice.status()).bandwidth === null ? true : undefined), { within: 130_000 });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(status.bandwidth?.changes_at ?? '') - 1_000);
  expect(Date.now()).toBeGreaterThan(begun);
  await stabilise([alice, bob], { within: 120_000 });
});
