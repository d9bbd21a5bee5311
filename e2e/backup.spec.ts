import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RealProcess } from './harness/real-process.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

async function command(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new RealProcess(args, { cwd: world.folder, env: process.env }).ended;
  return { code, stdout, stderr };
}

test('a server that is lost and restored from a backup takes back from its clients what came after [STA-06]', async () => {
  const { server } = world;
  const [alice, bob] = await world.started(['alice', 'bob'], { settings: { sync_interval_seconds: 1 } });
  writeFileSync(alice.at('large.bin'), Buffer.alloc(1_500_000, 'large'));
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`file-${n}.txt`), `text ${n}`);
  await stabilise([alice, bob]);

  const dest = join(world.folder, 'backup');
  expect(await command('backup', '--storage-dir', server.storageDir, dest, '--json')).toMatchObject({ code: 0 });
  // What clients hold for a person is another test's: these are changes, no deletions.
  writeFileSync(alice.at('after.txt'), 'after the backup');
  writeFileSync(bob.at('file-3.txt'), 'edited after the backup');
  await stabilise([alice, bob]);
  expect(JSON.parse((await command('gc', '--storage-dir', server.storageDir, '--json')).stdout)).toMatchObject({ removed: 0 });
  const again = JSON.parse(
    (await command('backup', '--storage-dir', server.storageDir, join(world.folder, 'second'), '--json')).stdout,
  ) as { missing: number };
  expect(again.missing).toBe(0);

  const refused = await command('restore-backup', dest, '--storage-dir', server.storageDir);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/is in use by another server/);
  await server.stop();
  const full = await command('restore-backup', dest, '--storage-dir', server.storageDir);
  expect(full.code).toBe(2);
  expect(full.stderr).toMatch(/is not empty/);
  rmSync(server.storageDir, { recursive: true });
  expect(await command('restore-backup', dest, '--storage-dir', server.storageDir)).toMatchObject({ code: 0 });
  expect(readdirSync(server.storageDir)).not.toContain('restore-unfinished');
  await server.start();

  const after = await until(
    'both to have merged',
    async () => {
      const files = await stabilise([alice, bob], { within: 90_000 });
      return files.has('after.txt') ? files : undefined;
    },
    { within: 90_000 },
  );
  expect(after.size).toBe(22);
  expect(await command('fsck', '--storage-dir', server.storageDir)).toMatchObject({ code: 0 });
});
