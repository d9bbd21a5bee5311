import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives } from '../harness/files.ts';
import { stabilise } from '../harness/stabilise.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 400_000 });

test('a client that cannot write down which folder it keeps says so, and goes on both ways [CRA-07]', async () => {
  const alice = world.client('alice');
  const bob = world.client('bob');
  // In the place of the folder in which it does so, as full or read-only as can be for everybody.
  const place = join(alice.home, 'state');
  rmSync(place, { recursive: true, force: true });
  writeFileSync(place, 'not a folder');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('from alice'), 'from alice');
  writeFileSync(bob.at('from bob'), 'from bob');
  await arrives(bob.at('from alice'), 'from alice');
  await arrives(alice.at('from bob'), 'from bob');
  rmSync(alice.at('from bob'));
  expect((await stabilise([alice, bob])).size).toBe(1);
  expect(alice.log).toMatch(/WARN .*state/);
  expect(alice.log).not.toMatch(/\n\s+at /);
});
