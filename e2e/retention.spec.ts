import { rmSync, writeFileSync } from 'node:fs';
import type { RetentionResponse } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { arrives, read } from './harness/files.ts';
import { inDatabase } from './harness/own-database.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** Makes everything that the server remembers older by so many days: the same as if as much time had passed. */
function age(days: number): Promise<void> {
  const older = (column: string): string => `${column} = ${column} - interval '${days} days'`;
  return inDatabase(world.server.storageDir, async (database) => {
    await database.query(`UPDATE commit SET ${older('at')}`);
    await database.query(`UPDATE conflict SET ${older('at')}, ${older('resolved_at')}`);
    await database.query(`UPDATE device_directory SET ${older('last_seen')}`);
  });
}

test('old versions go after the retention time, the content of none before it; what is live and what is young stays (R58)', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('f'), 'first');
  writeFileSync(alice.at('kept'), 'kept');
  await stabilise([alice, bob]);
  writeFileSync(alice.at('f'), 'second');
  await stabilise([alice, bob]);
  await age(40);
  writeFileSync(bob.at('f'), 'third');
  await stabilise([alice, bob]);
  expect(await alice.must('retention')).toMatch(/kept for +30 days \(the default\)[^]*reaches +back to the beginning/);
  expect(await alice.json<RetentionResponse>('retention', '--days', '7', '--max-size', '1GiB')).toMatchObject({
    days: 7,
    max_bytes: 1024 ** 3,
  });
  const left = await until('the first version goes', async () => {
    const versions = await alice.history('f');
    return versions.length === 2 ? versions : undefined;
  });
  const second = left.find(({ head }) => !head)?.version ?? '';
  expect((await alice.run('restore', 'f', '--version', '1.0')).code).toBe(1);
  expect(await alice.run('restore', '--at', '50d')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('reaches back to') as string,
  });
  await alice.must('restore', 'f', '--version', second);
  await arrives(bob.at('f'), 'second');
  expect(read(bob.at('kept'))).toBe('kept');
  await stabilise([alice, bob]);
});

test('a client that was away for longer than a year merges anew, says so, and neither deletes nor loses anything (R62) [STA-12]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (const name of ['edited', 'deleted', 'both', 'untouched']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  await bob.stop();
  writeFileSync(bob.at('both'), 'by bob, long ago');
  writeFileSync(bob.at('own'), 'of bob');
  rmSync(alice.at('deleted'));
  writeFileSync(alice.at('edited'), 'second edited');
  writeFileSync(alice.at('both'), 'by alice');
  await stabilise([alice]);
  await age(400);
  writeFileSync(alice.at('new'), 'new');
  await stabilise([alice]);
  await alice.must('retention', '--days', '1');
  await until('the deletion is forgotten', async () => ((await alice.history('deleted')).length === 0 ? true : undefined));

  await bob.start();
  const tree = await stabilise([alice, bob]);
  expect(bob.log).toMatch(/away for longer than the server keeps what was replaced/);
  // What bob still has and nobody remembers to have deleted comes back; nothing that anybody has is gone.
  expect([...tree.keys()].sort()).toEqual(['both', 'deleted', 'edited', 'new', 'own', 'untouched']);
  expect([read(bob.at('new')), read(alice.at('own'))]).toEqual(['new', 'of bob']);
  const kept = (await alice.history()).map(({ path, size }) => `${path} ${size}`);
  for (const line of ['both 8', 'both 16', 'edited 13', 'edited 12']) expect(kept).toContain(line);
});
