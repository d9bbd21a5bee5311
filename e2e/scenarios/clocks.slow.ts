import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clockOff } from '../harness/clock-off.ts';
import { setFileTime } from '../harness/file-time.ts';
import { arrives, leaves } from '../harness/files.ts';
import { inSync } from '../harness/in-sync.ts';
import { named } from '../harness/numbered-files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';
import { inSeconds } from './apart.ts';

const world = useWorld({ testTimeout: 400_000 });

const DAY_S = 86_400;

test('a clock five years behind: every edit travels, also over newer ones that it follows [CON-04]', async () => {
  const behind = -5 * 365 * DAY_S;
  const alice = world.client('alice', { wrapper: clockOff(behind * 1_000) });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  expect(alice.log).toMatch(new RegExp(`^${new Date(Date.now() + behind * 1_000).getFullYear()}-`, 'm'));
  writeFileSync(bob.at('f'), 'by bob, today');
  await arrives(alice.at('f'), 'by bob, today');
  await stabilise([alice, bob]);
  /** Its content and its time come at once, as by a system whose clock is behind. */
  const save = (text: string, time: bigint): void => {
    const aside = join(alice.home, 'aside');
    writeFileSync(aside, text);
    setFileTime(aside, time);
    renameSync(aside, alice.at('f'));
  };
  for (let round = 0; round < 5; round += 1) {
    // Each edit older than the one before, as by a clock that is set back again.
    save(`edit ${round}`, inSeconds(behind - round * 3_600));
    await arrives(bob.at('f'), `edit ${round}`);
    await stabilise([alice, bob]);
  }
  writeFileSync(bob.at('f'), 'by bob again');
  await arrives(alice.at('f'), 'by bob again');
  await stabilise([alice, bob]);
  save('and by alice', inSeconds(behind));
  await arrives(bob.at('f'), 'and by alice');
  await stabilise([alice, bob]);
  expect(await alice.conflicts()).toEqual([]);
  expect((await bob.history('f')).filter(({ deleted }) => !deleted)).toHaveLength(8);
});

test.each([
  ['behind', -20],
  ['ahead', 20],
])(
  'what was deleted while a client was away does not come back with it, whose clock is twenty days %s by then [DEL-01]',
  async (_how, days) => {
    const [alice, bob, carol] = await world.started(['alice', 'bob', 'carol']);
    for (const name of ['deleted', 'kept']) writeFileSync(alice.at(name), name);
    for (const client of [bob, carol]) await arrives(client.at('kept'), 'kept');
    await stabilise([alice, bob, carol]);
    await carol.stop();
    rmSync(alice.at('deleted'));
    await leaves(bob.at('deleted'));
    await stabilise([alice, bob]);
    const back = world.client('carol', { home: carol.home, wrapper: clockOff(days * DAY_S * 1_000) });
    await back.start();
    await inSync([back]);
    await stabilise([alice, bob, back]);
    for (const client of [alice, bob, back]) expect(named(client)).toEqual(['kept']);
    expect((await alice.history('deleted')).map(({ deleted }) => deleted)).toEqual([true, false]);
    writeFileSync(back.at('kept'), 'edited after coming back');
    await arrives(alice.at('kept'), 'edited after coming back');
  },
);
