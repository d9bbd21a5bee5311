import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const KB = 1_000;
/** Seconds of its limit that may pass at once. */
const BURST = 0.25;

const world = useWorld();

const find = (path: string): Buffer | null => {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
};

/** Brings a content from one client to the other; resolves with the seconds that it was under way. */
async function carry(from: ClientProcess, to: ClientProcess, name: string, content: Buffer): Promise<number> {
  const begun = performance.now();
  writeFileSync(from.at(name), content);
  await until(`${name} at ${to.id}`, () => (find(to.at(name))?.equals(content) === true ? true : undefined), { within: 90_000 });
  return (performance.now() - begun) / 1000;
}

/** The least seconds that so many bytes take under a limit. */
const least = (bytes: number, limit: number): number => bytes / limit - BURST;

test('what a client sends keeps to its limit, small edits overtake it, and without a limit all is as ever', async () => {
  const bob = world.client('bob');
  const alice = world.client('alice', { bandwidth: { upload: '20 KB/s' } });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);

  const large = randomBytes(160 * KB);
  const carrying = carry(alice, bob, 'large', large);
  await until('alice sends it', async () => ((await alice.status()).directories[0]?.pending.upload.files === 1 ? true : undefined));
  writeFileSync(alice.at('small'), 'an edit');
  await arrives(bob.at('small'), 'an edit');
  expect(find(bob.at('large'))).toBeNull();
  expect(await alice.must('status')).toMatch(/^limits {2}20 KB\/s up$/m);
  expect((await alice.status()).bandwidth).toEqual({ upload: 20 * KB, download: null, changes_at: null });
  expect(await carrying).toBeGreaterThan(least(large.length, 20 * KB));

  // What waits for its turn holds nobody up who stops.
  writeFileSync(alice.at('begun'), randomBytes(3_000 * KB));
  await until('it is under way', async () => ((await alice.status()).directories[0]?.pending.upload.files === 1 ? true : undefined));
  // By night, which is the whole of every day, there is no limit.
  for (const bandwidth of [{ upload: '20 KB/s', timetable: [{ upload: 'unlimited' }] }, {}]) {
    await alice.stop();
    alice.configure({ bandwidth });
    await alice.start();
    expect((await alice.status()).bandwidth).toBeNull();
    // Twenty minutes under the limit.
    await carry(alice, bob, 'huge', randomBytes(24_000 * KB));
  }
  await stabilise([alice, bob]);
});

test('what a client receives keeps to its limit', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob', { bandwidth: { upload: 'unlimited', timetable: [{ days: 'mon-sun', download: '20 KB/s' }] } });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  // A content by itself, and many that travel together.
  const many = Array.from({ length: 20 }, (_, index) => [`many-${index}`, randomBytes(4 * KB)] as const);
  const carrying = carry(alice, bob, 'large', randomBytes(120 * KB));
  for (const [name, content] of many) writeFileSync(alice.at(name), content);
  expect(await carrying).toBeGreaterThan(least(120 * KB, 20 * KB));
  await stabilise([alice, bob]);
  expect((await bob.status()).bandwidth).toMatchObject({ upload: null, download: 20 * KB });
});

test('the chunks of a large file keep to the limits both ways', async () => {
  const alice = world.client('alice', { bandwidth: { upload: '1 MB/s' } });
  const bob = world.client('bob', { bandwidth: { download: '2 MB/s' } });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const content = randomBytes(5_000 * KB);
  expect(await carry(alice, bob, 'film', content)).toBeGreaterThan(least(content.length, 1_000 * KB) + least(content.length, 2_000 * KB));
});
