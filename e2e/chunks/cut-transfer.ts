import { expect } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import type { World } from '../harness/world.ts';
import { MIB, arrivesWhole, writeAtOnce } from './large-content.ts';

/** What breaks in the middle of a transfer. */
export type Victim = 'the client is killed' | 'the server is killed' | 'the connection is cut';

/** Bytes a second while the transfer is watched: slow enough that little of it is in buffers. */
const PACE = 6 * MIB;
/** Bytes that may be sent twice: what was under way in buffers and requests of this pace, and everything else that is said. */
const TWICE = 8 * MIB;

/**
 * Breaks the transfer of a large file once a share of it has passed: the upload of one client, or the download of another. It goes on
 * where it was, and the file arrives as it is.
 */
export async function cutTransfer(
  world: World,
  { way, victim, mebibytes, at }: { way: 'up' | 'down'; victim: Victim; mebibytes: number; at: number },
): Promise<void> {
  const proxy = await world.proxy();
  const alice = world.client('alice', way === 'up' ? { server: proxy.url } : {});
  const bob = world.client('bob', way === 'down' ? { server: proxy.url } : {});
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const size = mebibytes * MIB;
  const before = proxy.passed[way];
  await proxy.set({ bytesPerSecond: PACE });
  writeAtOnce(alice, 'large', mebibytes);
  await until('a part has passed', () => (proxy.passed[way] - before > at * size ? true : undefined), { within: 90_000, every: 5 });
  await breakIt(world, victim, way === 'up' ? alice : bob, () => proxy.resetAll());
  await proxy.heal();
  await arrivesWhole(alice, bob, 'large');
  await stabilise([alice, bob]);
  const passed = proxy.passed[way] - before;
  console.log(`${way}, ${victim} at ${Math.round(at * 100)} %: ${(passed / MIB).toFixed(1)} MiB passed for ${mebibytes} MiB`);
  expect(passed).toBeLessThan(size + TWICE);
  expect(await alice.history('large')).toHaveLength(1);
}

async function breakIt(world: World, victim: Victim, client: ClientProcess, cut: () => void): Promise<void> {
  switch (victim) {
    case 'the connection is cut':
      cut();
      return;
    case 'the client is killed':
      await client.kill();
      await client.start();
      return;
    case 'the server is killed':
      await world.server.kill();
      await world.server.start();
  }
}
