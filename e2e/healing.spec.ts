import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fsck } from './harness/fsck.ts';
import { putInPlace } from './harness/put-in-place.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

test('contents that the server lost come back from a client that has them [STA-06]', async () => {
  const [alice] = await world.started(['alice'], { settings: { sync_interval_seconds: 1 } });
  putInPlace(alice, 'large.bin', Buffer.alloc(2_000_000, 'large'));
  for (let n = 0; n < 5; n += 1) writeFileSync(alice.at(`small-${n}.txt`), `text ${n}`);
  const before = await stabilise([alice]);
  expect(await fsck(world.server)).toMatchObject({ code: 0, report: { clean: true } });

  const blobs = join(world.server.storageDir, 'blobs');
  for (const shard of readdirSync(join(blobs, 'objects'))) rmSync(join(blobs, 'objects', shard), { recursive: true });
  for (const pack of readdirSync(join(blobs, 'packs'))) rmSync(join(blobs, 'packs', pack));
  const found = await fsck(world.server);
  expect(found.code).toBe(4);
  expect(found.report.problems.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'missing'));

  // Nobody gets an empty file meanwhile.
  const bob = world.client('bob', { settings: { sync_interval_seconds: 1 } });
  await bob.start();
  expect((await fsck(world.server, '--repair')).code).toBe(4);
  await until('a clean fsck', async () => ((await fsck(world.server)).code === 0 ? true : undefined), { within: 90_000, every: 500 });
  const after = await stabilise([alice, bob], { within: 90_000 });
  expect([...after]).toEqual([...before]);
});
