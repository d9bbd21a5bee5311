import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { arrives, read } from './harness/files.ts';
import { ordinaryUser } from './harness/ordinary-user.ts';
import { problemsOf, reported, unproblematic } from './harness/problems.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const ordinary = ordinaryUser();

describe.skipIf(ordinary === null)('a folder that shows its names and nothing else', () => {
  const give = (path: string): void => {
    if (ordinary?.uid !== undefined) chownSync(path, ordinary.uid, ordinary.uid);
  };
  const write = (client: ClientProcess, path: string): void => {
    writeFileSync(client.at(path), path);
    give(client.at(path));
  };

  test('deletes nothing anywhere, live and after a start, is reported, and heals by itself [DEL-08]', async () => {
    const alice = world.client('alice', ordinary ?? {});
    const bob = world.client('bob');
    for (const folder of ['blind', 'blind/deeper']) {
      mkdirSync(alice.at(folder));
      give(alice.at(folder));
    }
    for (const path of ['blind/one.txt', 'blind/two.txt', 'blind/deeper/three.txt', 'beside.txt']) write(alice, path);
    await Promise.all([alice.start(), bob.start()]);
    await arrives(bob.at('blind/deeper/three.txt'), 'blind/deeper/three.txt');
    await stabilise([alice, bob]);

    chmodSync(alice.at('blind'), 0o444);
    await reported(alice, 'blind');
    await alice.stop();
    await alice.start();
    await reported(alice, 'blind');
    write(alice, 'later.txt');
    await arrives(bob.at('later.txt'), 'later.txt');
    writeFileSync(bob.at('blind/two.txt'), 'edited by bob');
    await until('alice heard of the edit', async () =>
      (await alice.status()).directories[0]?.pending.download.files === 1 ? true : undefined,
    );
    expect((await alice.status()).directories[0]).toMatchObject({ in_sync: false, pending: { delete: 0 } });
    for (const path of ['blind/one.txt', 'blind/deeper/three.txt']) expect(read(bob.at(path))).toBe(path);
    expect(await problemsOf(alice)).toContainEqual({ path: 'blind', code: 'EACCES' });

    chmodSync(alice.at('blind'), 0o755);
    await arrives(alice.at('blind/two.txt'), 'edited by bob');
    await unproblematic(alice);
    const tree = await stabilise([alice, bob]);
    expect(tree.size).toBe(7);
  });
});
