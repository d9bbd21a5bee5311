import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Victim, cutTransfer } from './chunks/cut-transfer.ts';
import { MIB, arrivesWhole, hashFile, putAtOnce, writeRandom } from './chunks/large-content.ts';
import { forgetPeak, memoryOf, tellPeaks } from './harness/memory.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ testTimeout: 900_000 });

const VICTIMS: readonly Victim[] = ['the client is killed', 'the server is killed', 'the connection is cut'];
const CASES = (['up', 'down'] as const).flatMap((way) => VICTIMS.flatMap((victim) => [0.1, 0.5, 0.95].map((at) => ({ way, victim, at }))));

test.each(CASES)('a transfer $way goes on where it was when $victim at $at of it (R65)', async (cut) => {
  await cutTransfer(world, { ...cut, mebibytes: 48 });
});

test.each(['up', 'down'] as const)(
  'a line that breaks after every few mebibytes %s carries a large file all the same [NET-02]',
  async (way) => {
    const proxy = await world.proxy();
    const alice = world.client('alice', way === 'up' ? { server: proxy.url } : {});
    const bob = world.client('bob', way === 'down' ? { server: proxy.url } : {});
    await Promise.all([alice.start(), bob.start()]);
    await stabilise([alice, bob]);
    const before = proxy.passed[way];
    await proxy.set({ ...(way === 'up' ? { cutUpAfter: 3 * MIB } : { cutDownAfter: 3 * MIB }), bytesPerSecond: 8 * MIB });
    writeRandom(alice.at('large'), 32);
    await arrivesWhole(alice, bob, 'large', 600_000);
    const passed = proxy.passed[way] - before;
    console.log(`${way}: ${(passed / MIB).toFixed(1)} MiB passed for 32 MiB`);
    expect(passed).toBeLessThan(64 * MIB);
    await proxy.heal();
    await stabilise([alice, bob]);
  },
);

test('a large file that is written again and again while it is sent is never sent as a mixture (R39)', async () => {
  const proxy = await world.proxy();
  const [alice, bob] = [world.client('alice', { server: proxy.url }), world.client('bob')];
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  await proxy.set({ bytesPerSecond: 16 * MIB });
  const written = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    // In place, as a virtual machine writes its disk.
    writeFileSync(alice.at('disk.img'), Buffer.alloc(24 * MIB, `round ${round} of what is written `));
    written.add(await hashFile(alice.at('disk.img')));
    await delay(700);
  }
  await proxy.heal();
  await arrivesWhole(alice, bob, 'disk.img');
  await stabilise([alice, bob]);
  const versions = await alice.history('disk.img');
  expect(versions.length).toBeGreaterThan(0);
  for (const version of versions) expect(written).toContain(version.hash);
});

test('a file that shrinks, grows and loses its middle keeps both sides the same', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeRandom(alice.at('f'), 24);
  await arrivesWhole(alice, bob, 'f');
  for (const change of [
    () => truncateSync(alice.at('f'), 9 * MIB + 1),
    () => truncateSync(alice.at('f'), 30 * MIB),
    () =>
      writeFileSync(
        alice.at('f'),
        Buffer.concat([readFileSync(alice.at('f')).subarray(0, 5 * MIB), readFileSync(alice.at('f')).subarray(8 * MIB)]),
      ),
    () => truncateSync(alice.at('f'), 4 * MIB - 1),
    () => truncateSync(alice.at('f'), 4 * MIB),
  ]) {
    change();
    await arrivesWhole(alice, bob, 'f');
  }
  await stabilise([alice, bob]);
});

test('a byte inserted at the head of 1 GiB sends about a chunk each way, in flat memory', async () => {
  const [up, down] = [await world.proxy(), await world.proxy()];
  const [alice, bob] = [world.client('alice', { server: up.url }), world.client('bob', { server: down.url })];
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const pids = { alice: alice.process.pid, bob: bob.process.pid, server: world.server.process.pid };
  const idle = Object.values(pids).map((pid) => memoryOf(pid).now);
  Object.values(pids).forEach(forgetPeak);
  writeRandom(alice.at('disk.img'), 1023);
  await arrivesWhole(alice, bob, 'disk.img', 600_000);
  const before = [up.passed.up, up.passed.down, down.passed.up, down.passed.down];
  putAtOnce(alice, 'disk.img', Buffer.concat([Buffer.from('!'), readFileSync(alice.at('disk.img'))]));
  await until('it is at bob', () => (statSync(bob.at('disk.img')).size === 1023 * MIB + 1 ? true : undefined), { within: 600_000 });
  await arrivesWhole(alice, bob, 'disk.img', 600_000);
  const passed = [up.passed.up, up.passed.down, down.passed.up, down.passed.down].map((bytes, way) => bytes - (before[way] as number));
  console.log(`1 GiB: ${passed.join(', ')} bytes (alice up, down; bob up, down); peaks ${tellPeaks(pids)}`);
  for (const bytes of passed) expect(bytes).toBeLessThan(2.5 * MIB);
  Object.values(pids).forEach((pid, index) => expect(memoryOf(pid).peak).toBeLessThan((idle[index] as number) + 200 * MIB));
});
