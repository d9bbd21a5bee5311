import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
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

test('under a low limit the small files of many directories pass the large ones', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `dir-${index}`);
  const [alice, bob] = [{ upload: 'unlimited' }, { download: '20 KB/s' }].map((bandwidth, index) => {
    const id = ['alice', 'bob'][index] as string;
    const home = join(world.folder, 'many', id);
    const directories = names.map((name) => ({ name, local_path: join(home, name), settings: { shared: true } }));
    return world.client(id, { home, document: JSON.stringify({ client_id: id, server: world.server.url, bandwidth, directories }) });
  }) as [ClientProcess, ClientProcess];
  for (const name of names) {
    mkdirSync(join(alice.home, name), { recursive: true });
    for (const [file, size] of Object.entries({ large: 20_000_000, larger: 21_000_000, small: 60_000, 'small too': 61_000 }))
      writeFileSync(join(alice.home, name, file), randomBytes(size));
  }
  await alice.start();
  await until('alice has sent it', async () => ((await alice.status()).directories.every(({ in_sync }) => in_sync) ? true : undefined), {
    within: 120_000,
  });
  await bob.start();
  const there = (file: string): number => names.filter((name) => existsSync(join(bob.home, name, file))).length;
  await until('the small ones are at bob', () => (there('small') + there('small too') === 2 * names.length ? true : undefined), {
    within: 400_000,
  });
  expect([there('large'), there('larger')]).toEqual([0, 0]);
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
