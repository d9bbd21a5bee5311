import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { arrives } from './harness/files.ts';
import { putInPlace } from './harness/put-in-place.ts';
import { RealProcess } from './harness/real-process.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const MIB = 1024 * 1024;
/** Slow enough that a transfer can be interrupted on any machine. */
const BYTES_PER_SECOND = 2 * MIB;

const world = useWorld();

const foreign = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.syncpair'));

test('a client that is killed while it sends a large file shows no part of it to anybody, and sends it after its next start (R27)', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const content = randomBytes(24 * MIB);
  await proxy.set({ bytesPerSecond: BYTES_PER_SECOND });
  const before = proxy.passed.up;
  putInPlace(alice, 'large.bin', content);
  writeFileSync(alice.at('small.txt'), 'small');
  await arrives(bob.at('small.txt'), 'small');
  await until('a part has gone up', () => (proxy.passed.up - before > 6 * MIB ? true : undefined));
  await alice.kill();
  expect(foreign(bob.folder)).toEqual(['small.txt']);
  await proxy.heal();
  await alice.start();
  await until('the file is at bob', () => (existsSync(bob.at('large.bin')) ? true : undefined));
  await stabilise([alice, bob]);
  expect(readFileSync(bob.at('large.bin')).equals(content)).toBe(true);
});

test('a client that is killed while it gets a large file shows no part of it, and goes on where it was (R27)', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice');
  const bob = world.client('bob', { server: proxy.url });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const content = randomBytes(24 * MIB);
  await proxy.set({ bytesPerSecond: BYTES_PER_SECOND });
  const before = proxy.passed.down;
  putInPlace(alice, 'large.bin', content);
  await until('a part has come down', () => (proxy.passed.down - before > 6 * MIB ? true : undefined));
  await bob.kill();
  expect(foreign(bob.folder)).toEqual([]);
  await proxy.heal();
  const middle = proxy.passed.down;
  await bob.start();
  await until('the file is at bob', () => (existsSync(bob.at('large.bin')) ? true : undefined));
  await stabilise([alice, bob]);
  expect(readFileSync(bob.at('large.bin')).equals(content)).toBe(true);
  expect(proxy.passed.down - middle).toBeLessThan(20 * MIB);
});

test('a client that is killed while many files come and go leaves nothing half, and catches up', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (let round = 0; round < 4; round += 1) {
    for (let n = 0; n < 60; n += 1) writeFileSync(alice.at(`${round}-${n}`), randomBytes(20_000));
    for (let n = 0; n < 20; n += 1) writeFileSync(bob.at(`bob-${round}-${n}`), randomBytes(20_000));
    await delay(60 * round);
    const victim = round % 2 === 0 ? bob : alice;
    await victim.kill();
    for (const name of foreign(bob.folder).filter((one) => /^\d/.test(one)))
      expect(readFileSync(bob.at(name)).equals(readFileSync(alice.at(name)))).toBe(true);
    await victim.start();
  }
  expect((await stabilise([alice, bob])).size).toBe(320);
  expect(await alice.conflicts()).toEqual([]);
});

test('a folder belongs to one client at a time; one that was killed blocks nobody (R28) [CFG-07]', async () => {
  const [alice] = await world.started(['alice']);
  const second = new RealProcess(['client', '--file', alice.config], alice.place);
  const refused = await second.ended;
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain(alice.folder);
  expect(refused.stderr).not.toMatch(/^\s+at /m);
  expect((await alice.status()).directories[0]?.in_sync).toBe(true);

  await alice.kill();
  await alice.start();
  expect((await alice.status()).directories[0]?.problems).toEqual([]);
});

test('a client stops within seconds in the middle of a transfer, and its exit tells no failure [CRA-11]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  await alice.start();
  await stabilise([alice]);
  await proxy.set({ bytesPerSecond: MIB });
  const before = proxy.passed.up;
  putInPlace(alice, 'large.bin', randomBytes(40 * MIB));
  await until('it is under way', () => (proxy.passed.up - before > MIB ? true : undefined));
  expect((await alice.stop()).code).toBe(0);
  await proxy.set({ blackHole: true });
  await alice.start();
  expect((await alice.stop()).code).toBe(0);
});
