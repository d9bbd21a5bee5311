import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives, read } from '../harness/files.ts';
import { sha256 } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 400_000 });

const linkOf = (path: string): string | null => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isSymbolicLink() === true ? readlinkSync(path) : null;
};

test('links inside, dangling, in a loop, to a folder, to the parent and to outside travel as links, and nobody follows them [FSN-05]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const outside = join(alice.home, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  mkdirSync(alice.at('folder'));
  writeFileSync(alice.at('folder', 'inside'), 'inside');
  const links = {
    inside: 'folder/inside',
    dangling: 'no/such',
    a: 'b',
    b: 'a',
    passwd: '/etc/passwd',
    up: '..',
    dir: 'folder',
    out: outside,
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, alice.at(name));
  for (const [name, target] of Object.entries(links))
    await until(`${name} at bob`, () => (linkOf(bob.at(name)) === target ? true : undefined));
  // A file in the place of a link is no write to where it led; what is deleted is the link.
  unlinkSync(bob.at('out'));
  writeFileSync(bob.at('out'), 'a file by now');
  await arrives(alice.at('out'), 'a file by now');
  rmSync(bob.at('dir'));
  await until('the link is gone', () => (linkOf(alice.at('dir')) === null ? true : undefined));
  const tree = await stabilise([alice, bob]);
  expect(readdirSync(outside)).toEqual(['secret']);
  expect(read(join(outside, 'secret'))).toBe('secret');
  expect(read(alice.at('folder', 'inside'))).toBe('inside');
  expect((await alice.history()).map(({ path }) => path).filter((path) => path.endsWith('secret') || path.startsWith('dir/'))).toEqual([]);
  expect(tree.get('passwd')?.kind).toBe('link');
  // Nor does anything of where they lead to stand in the history.
  const hashes = (await alice.history()).map(({ hash }) => hash);
  for (const led of [join(outside, 'secret'), '/etc/passwd']) expect(hashes).not.toContain(sha256(readFileSync(led)));
});
