import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../harness/ledger.ts';
import { putInPlace } from '../harness/put-in-place.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const MIB = 1024 * 1024;
const BYTES_PER_SECOND = 4 * MIB;
/** Milliseconds for which a process stands still: long enough for what it owes others to be missed. */
const STANDSTILL_MS = 3_000;

const world = useWorld();

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s in the middle of a download ends with 0, and the next start goes on where it was [CRA-11]',
  async (signal) => {
    const proxy = await world.proxy();
    const [alice, bob] = [world.client('alice'), world.client('bob', { server: proxy.url })];
    await Promise.all([alice.start(), bob.start()]);
    await stabilise([alice, bob]);
    await proxy.set({ bytesPerSecond: BYTES_PER_SECOND });
    const content = randomBytes(16 * MIB);
    const before = proxy.passed.down;
    putInPlace(alice, 'large', content);
    await until('half of it has come down', () => (proxy.passed.down - before > 8 * MIB ? true : undefined));
    bob.process.signal(signal);
    expect((await bob.process.ended).code).toBe(0);
    expect(existsSync(bob.at('large'))).toBe(false);
    await proxy.heal();
    const middle = proxy.passed.down;
    await bob.start();
    const tree = await stabilise([alice, bob]);
    expect(tree.get('large')?.detail).toBe(sha256(content));
    expect(proxy.passed.down - middle).toBeLessThan(12 * MIB);
  },
);

test.each(['client', 'server'] as const)(
  'a %s that stands still in the middle of an upload goes on, and the file arrives once [CRA-12]',
  async (who) => {
    const proxy = await world.proxy();
    const [alice, bob] = [world.client('alice', { server: proxy.url }), world.client('bob')];
    await Promise.all([alice.start(), bob.start()]);
    await stabilise([alice, bob]);
    await proxy.set({ bytesPerSecond: BYTES_PER_SECOND });
    const content = randomBytes(16 * MIB);
    const before = proxy.passed.up;
    putInPlace(alice, 'large', content);
    await until('a part has gone up', () => (proxy.passed.up - before > 4 * MIB ? true : undefined));
    const still = who === 'client' ? alice.process : world.server.process;
    still.signal('SIGSTOP');
    await delay(STANDSTILL_MS);
    still.signal('SIGCONT');
    await proxy.heal();
    await until('the file is at bob', () => (existsSync(bob.at('large')) ? true : undefined));
    expect((await stabilise([alice, bob])).get('large')?.detail).toBe(sha256(content));
    expect(await alice.history('large')).toHaveLength(1);
    expect(await alice.conflicts()).toEqual([]);
  },
);
