import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inDatabase } from './harness/own-database.ts';
import { stabilise } from './harness/stabilise.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

test('a directory that gets a new epoch, as after a restored backup, is merged by every client at once and keeps every file (R19)', async () => {
  // No scan of the interval helps.
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 3_600 } });
  for (let n = 0; n < 100; n += 1) writeFileSync((n % 2 === 0 ? alice : bob).at(`file-${n}`), `text ${n}`);
  const before = await stabilise([alice, bob]);

  await inDatabase(world.server.storageDir, (database) => database.query('UPDATE directory SET epoch = gen_random_uuid()'));
  await world.server.stop();
  await world.server.start();

  const after = await stabilise([alice, bob], { within: 90_000 });
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
});
