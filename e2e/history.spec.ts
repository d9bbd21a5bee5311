import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RevertResponse } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { arrives, leaves, read } from './harness/files.ts';
import { RealProcess } from './harness/real-process.ts';
import { stabilise } from './harness/stabilise.ts';
import { readTree } from './harness/tree.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

/** A moment between what was committed before the call and what comes after it. */
async function moment(): Promise<string> {
  const now = Date.now();
  await until('the clock goes on', () => (Date.now() > now + 1 ? true : undefined));
  const at = new Date().toISOString();
  await until('the clock goes on', () => (Date.now() > Date.parse(at) + 1 ? true : undefined));
  return at;
}

test('what one client did is planned and taken back on every machine, and everybody else’s work stays (R55)', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('docs'));
  for (const name of ['edited', 'deleted', 'both', 'docs/one', 'docs/two']) writeFileSync(alice.at(name), `first ${name}`);
  await stabilise([alice, bob]);
  const from = await moment();
  writeFileSync(bob.at('edited'), 'by bob');
  writeFileSync(bob.at('both'), 'by bob');
  rmSync(bob.at('deleted'));
  mkdirSync(bob.at('made'));
  writeFileSync(bob.at('made/file'), 'made by bob');
  renameSync(bob.at('docs'), bob.at('moved'));
  await stabilise([alice, bob]);
  const to = await moment();
  writeFileSync(alice.at('both'), 'by alice');
  writeFileSync(alice.at('moved/three'), 'third by alice');
  const before = await stabilise([alice, bob]);

  const asked = ['undo', '--client', 'bob', '--from', from, '--to', to];
  const planned = await alice.must(...asked, '--plan');
  expect(planned).toContain('both');
  expect(planned).toMatch(/keep +both +it was changed since by alice/);
  expect(planned).toMatch(/would be done: 2 paths brought back, 2 deleted, 1 renamed; 1 path stays as it is/);
  expect(await stabilise([alice, bob])).toEqual(before);

  expect(await alice.json<RevertResponse>(...asked)).toMatchObject({
    planned: false,
    counts: { restored: 2, deleted: 2, moved: 1, kept: 1 },
    kept: [{ path: 'both', reason: 'changed_since', by: 'alice' }],
  });
  const after = await stabilise([alice, bob]);
  expect([...after.keys()].sort()).toEqual(['both', 'deleted', 'docs', 'docs/one', 'docs/three', 'docs/two', 'edited']);
  expect(['both', 'deleted', 'edited', 'docs/three'].map((path) => read(bob.at(path)))).toEqual([
    'by alice',
    'first deleted',
    'first edited',
    'third by alice',
  ]);
  const [newest] = await bob.history('edited');
  expect(newest).toMatchObject({ author: 'alice', cause: 'undo', head: true });

  const unknown = await alice.run('undo', '--client', 'bobby', '--from', from, '--to', to);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/no client "bobby" ever changed this directory; those that did: alice, bob/);
});

test('a folder and a whole directory become what they were at a time, on every machine, and nothing is deleted again (R53) [DEL-14]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('d/sub'), { recursive: true });
  writeFileSync(alice.at('d/file'), 'first');
  writeFileSync(alice.at('d/sub/deep'), 'deep');
  writeFileSync(alice.at('other'), 'first');
  const then = await stabilise([alice, bob]);
  const at = await moment();
  rmSync(bob.at('d'), { recursive: true });
  writeFileSync(bob.at('other'), 'second');
  writeFileSync(bob.at('new'), 'new');
  await stabilise([alice, bob]);

  const planned = await alice.must('restore', 'd', '--at', at, '--plan');
  expect(planned).toMatch(/would be done: 4 paths brought back/);
  await leaves(bob.at('d/file'));
  await alice.must('restore', 'd', '--at', at);
  await arrives(bob.at('d/sub/deep'), 'deep');
  await stabilise([alice, bob]);
  expect([read(alice.at('d/file')), read(alice.at('other'))]).toEqual(['first', 'second']);
  // A version of anything in a folder names a moment of it.
  const deletion = (await alice.history('d')).find(({ deleted }) => deleted);
  await bob.must('restore', 'd', '--version', deletion?.version ?? '', '--exact');
  await leaves(alice.at('d/file'));

  await alice.must('restore', '--at', at, '--exact');
  await arrives(bob.at('other'), 'first');
  const after = await stabilise([alice, bob]);
  expect([...after.keys()]).toEqual([...then.keys()]);
  expect(read(join(bob.folder, 'd', 'file'))).toBe('first');
});

test('an export of the past that is killed goes on where it was, and is what the directory was (R52)', async () => {
  const [alice] = await world.started(['alice']);
  mkdirSync(alice.at('many'));
  for (let n = 0; n < 300; n += 1) writeFileSync(alice.at('many', `f${n}`), `${n} `.repeat(10_000));
  writeFileSync(alice.at('f'), 'first');
  const then = await stabilise([alice]);
  const at = await moment();
  writeFileSync(alice.at('f'), 'second');
  rmSync(alice.at('many', 'f7'));
  await stabilise([alice]);

  const dest = join(alice.home, 'copy');
  const exporting = new RealProcess(['export', dest, '--at', at, '--file', alice.config], alice.place);
  await until('a file is there', () => (existsSync(join(dest, 'many')) && readdirSync(join(dest, 'many')).length > 0 ? true : undefined), {
    every: 1,
  });
  await exporting.kill();
  expect(existsSync(join(dest, '.syncpair-export.json'))).toBe(true);
  const other = await alice.run('export', dest, '--at', new Date().toISOString());
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('interrupted export of another moment')]);
  const report = await alice.json<{ files: number; verified: number; problems: unknown[] }>('export', dest);
  expect(report).toMatchObject({ files: 301, problems: [] });
  expect(report.verified).toBeGreaterThan(0);
  expect([...(await readTree(dest)).keys()]).toEqual([...then.keys()]);
  expect([read(join(dest, 'f')), read(join(dest, 'many', 'f7'))?.slice(0, 4)]).toEqual(['first', '7 7 ']);
  expect(await alice.run('export', dest)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') as string });
});
