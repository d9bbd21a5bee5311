import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useMounts } from './harness/use-mounts.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const mounts = useMounts();

test('a client that starts over a mount point without its disk leaves it alone, and goes on when the disk is mounted (R47) [DEL-06]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice', { mounts: space });
  const bob = world.client('bob');
  const disk = join(alice.home, 'disk');
  mkdirSync(disk);
  await space.run('mount', '--bind', disk, alice.localPath);
  await Promise.all([alice.start(), bob.start()]);
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`file-${n}`), `file ${n}`);
  await arrives(bob.at('file-19'), 'file 19');
  await stabilise([alice, bob]);

  await alice.stop();
  await space.run('umount', alice.localPath);
  await alice.start();
  await until('it rests', async () => {
    const [directory] = (await alice.status()).directories;
    return directory?.problems.some(({ path, code }) => path === '.' && code === 'root_missing') === true ? true : undefined;
  });
  expect(readdirSync(alice.folder)).toEqual([]);
  writeFileSync(bob.at('new'), 'made meanwhile');
  expect(readdirSync(bob.folder).filter((name) => name.startsWith('file-'))).toHaveLength(20);

  await space.run('mount', '--bind', disk, alice.localPath);
  await arrives(alice.at('new'), 'made meanwhile');
  expect((await stabilise([alice, bob])).size).toBe(21);
});
