import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { setFileTime } from '../harness/file-time.ts';
import { arrives } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';

const HOUR_NS = 3_600_000_000_000n;

const world = useWorld();

/** Alice's second version is committed, and she is killed before she hears of it. */
async function killedUnheard() {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('plan'), 'first');
  await arrives(bob.at('plan'), 'first');
  await stabilise([alice, bob]);
  await proxy.set({ dropReplies: Number.POSITIVE_INFINITY, only: /negotiate|events/ });
  writeFileSync(alice.at('plan'), 'second');
  await arrives(bob.at('plan'), 'second');
  await alice.kill();
  await proxy.heal();
  return { alice, bob };
}

test('an edit after a kill follows the one whose answer was never heard, whatever the clocks say (R42) [CRA-01]', async () => {
  const { alice, bob } = await killedUnheard();
  writeFileSync(alice.at('plan'), 'third');
  setFileTime(alice.at('plan'), BigInt(Date.now()) * 1_000_000n - HOUR_NS);
  await alice.start();
  await arrives(bob.at('plan'), 'third');
  const tree = await stabilise([alice, bob]);
  expect([...tree.keys()]).toEqual(['plan']);
  expect(await alice.conflicts()).toEqual([]);
});

test('a deletion after a kill is not undone by the edit whose answer was never heard (R42) [CRA-01]', async () => {
  const { alice, bob } = await killedUnheard();
  rmSync(alice.at('plan'));
  await alice.start();
  expect((await stabilise([alice, bob])).size).toBe(0);
});
