import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { arrives, leaves, read } from './harness/files.ts';
import { inSync } from './harness/in-sync.ts';
import { problemsOf, reported, unproblematic } from './harness/problems.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const named = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.syncpair'))
    .sort();
const AWKWARD = ['a:b', 'CON', 'ends.', 'what?', 'aux.txt'];

test('what a member cannot hold is held there with a report, over a start too, and its absence deletes nothing (R43) [FSN-01]', async () => {
  const alice = world.client('alice');
  const windows = world.client('windows', { settings: { file_system: 'windows' } });
  mkdirSync(alice.at('a:b'));
  writeFileSync(alice.at('a:b', 'inside'), 'inside');
  for (const name of ['CON', 'plain']) writeFileSync(alice.at(name), name);
  await Promise.all([alice.start(), windows.start()]);
  await arrives(windows.at('plain'), 'plain');
  await reported(windows, 'CON', 'a:b', 'a:b/inside');
  await windows.stop();
  await windows.start();
  await reported(windows, 'CON', 'a:b', 'a:b/inside');
  expect(named(windows.folder)).toEqual(['plain']);
  writeFileSync(alice.at('CON'), 'edited');
  writeFileSync(windows.at('from windows'), 'hello');
  await arrives(alice.at('from windows'), 'hello');
  expect(read(alice.at('CON'))).toBe('edited');
  expect(read(alice.at('a:b', 'inside'))).toBe('inside');

  renameSync(alice.at('CON'), alice.at('con-file'));
  renameSync(alice.at('a:b'), alice.at('a-b'));
  await arrives(windows.at('con-file'), 'edited');
  await arrives(windows.at('a-b', 'inside'), 'inside');
  await unproblematic(windows);
  await stabilise([alice, windows]);
});

test('names that are one name on a member’s file system: the first is there, the second is held until it can be [FSN-04]', async () => {
  const alice = world.client('alice');
  const mac = world.client('mac', { settings: { file_system: 'macos' } });
  await Promise.all([alice.start(), mac.start()]);
  writeFileSync(alice.at('File'), 'upper');
  await arrives(mac.at('File'), 'upper');
  writeFileSync(alice.at('file'), 'lower');
  mkdirSync(alice.at('caf\u00e9'));
  writeFileSync(alice.at('caf\u00e9', 'x'), 'composed');
  await arrives(mac.at('caf\u00e9', 'x'), 'composed');
  writeFileSync(alice.at('cafe\u0301'), 'decomposed');
  await reported(mac, 'file', 'cafe\u0301');
  expect(named(mac.folder)).toEqual(['File', 'caf\u00e9']);
  expect(read(mac.at('File'))).toBe('upper');
  expect([read(alice.at('File')), read(alice.at('file'))]).toEqual(['upper', 'lower']);

  rmSync(mac.at('File'));
  await leaves(alice.at('File'));
  await arrives(mac.at('file'), 'lower');
  rmSync(alice.at('caf\u00e9'), { recursive: true });
  await arrives(mac.at('cafe\u0301'), 'decomposed');
  await unproblematic(mac);
  await stabilise([alice, mac]);
  renameSync(alice.at('file'), alice.at('FILE'));
  await arrives(mac.at('FILE'), 'lower');
  await stabilise([alice, mac]);
});

test('with "map" such names lie there under another name and travel both ways under their own (R44)', async () => {
  const alice = world.client('alice');
  const windows = world.client('windows', { settings: { file_system: 'windows', portability: 'map' } });
  for (const name of AWKWARD) writeFileSync(alice.at(name), name);
  mkdirSync(alice.at('is: a folder'));
  writeFileSync(alice.at('is: a folder', 'x?'), 'deep');
  await Promise.all([alice.start(), windows.start()]);
  await arrives(windows.at('a\uf03ab'), 'a:b');
  await arrives(windows.at('is\uf03a a folder', 'x\uf03f'), 'deep');
  await inSync([alice, windows]);
  expect(named(windows.folder)).toEqual(['a\uf03ab', 'ends\uf02e', 'is\uf03a a folder', 'what\uf03f', '\uf043ON', '\uf061ux.txt'].sort());

  writeFileSync(windows.at('a\uf03ab'), 'edited there');
  writeFileSync(windows.at('new\uf02a'), 'made there');
  rmSync(windows.at('\uf043ON'));
  renameSync(windows.at('ends\uf02e'), windows.at('is\uf03a a folder', 'moved\uf020'));
  await arrives(alice.at('a:b'), 'edited there');
  await arrives(alice.at('new*'), 'made there');
  await leaves(alice.at('CON'));
  await arrives(alice.at('is: a folder', 'moved '), 'ends.');
  renameSync(alice.at('is: a folder'), alice.at('was: one'));
  await arrives(windows.at('was\uf03a one', 'x\uf03f'), 'deep');
  await inSync([alice, windows]);

  await windows.stop();
  windows.configure({ settings: { portability: 'off' } });
  writeFileSync(alice.at('later|'), 'later');
  await windows.start();
  await reported(windows, 'later|');
  expect(read(windows.at('a\uf03ab'))).toBe('edited there');
  await windows.stop();
  windows.configure({ settings: { portability: 'map' } });
  await windows.start();
  await arrives(windows.at('later\uf07c'), 'later');
  await unproblematic(windows);
  expect(named(alice.folder)).toEqual(['a:b', 'aux.txt', 'later|', 'new*', 'was: one', 'what?']);
});

test('a rule that travels in .syncpairignore: "report" tells at the source, "refuse" keeps new names from travelling (R45)', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  writeFileSync(alice.at('a:b'), 'before any rule');
  await arrives(bob.at('a:b'), 'before any rule');
  expect(await problemsOf(alice)).toEqual([]);
  writeFileSync(bob.at('.syncpairignore'), '# portability: report\n');
  await reported(alice, 'a:b');
  writeFileSync(alice.at('Name'), 'one');
  writeFileSync(alice.at('name'), 'two');
  await arrives(bob.at('name'), 'two');
  await reported(alice, 'Name', 'name');
  await inSync([alice, bob]);

  writeFileSync(bob.at('.syncpairignore'), '# portability: refuse\n');
  await until('the rule is there', () => (read(alice.at('.syncpairignore'))?.includes('refuse') === true ? true : undefined));
  await inSync([alice]);
  writeFileSync(alice.at('x:y'), 'refused');
  writeFileSync(alice.at('NAME'), 'refused');
  mkdirSync(alice.at('nul'));
  writeFileSync(alice.at('nul', 'inside'), 'refused with its folder');
  writeFileSync(alice.at('good'), 'good');
  await arrives(bob.at('good'), 'good');
  await reported(alice, 'x:y', 'NAME', 'nul');
  expect((await problemsOf(alice)).filter(({ code }) => code === 'name_refused').map(({ path }) => path)).toEqual(['NAME', 'nul', 'x:y']);
  expect((await alice.status()).directories[0]?.in_sync).toBe(false);
  for (const name of ['x:y', 'NAME', 'nul']) expect(existsSync(bob.at(name))).toBe(false);
  writeFileSync(alice.at('a:b'), 'an old name goes on');
  await arrives(bob.at('a:b'), 'an old name goes on');

  renameSync(alice.at('x:y'), alice.at('x-y'));
  rmSync(alice.at('NAME'));
  renameSync(alice.at('nul'), alice.at('null'));
  await arrives(bob.at('x-y'), 'refused');
  await arrives(bob.at('null', 'inside'), 'refused with its folder');
  await until('nothing is refused', async () =>
    (await problemsOf(alice)).every(({ code }) => code !== 'name_refused') ? true : undefined,
  );
  writeFileSync(bob.at('.syncpairignore'), '# nothing any more\n');
  await unproblematic(alice);
  await stabilise([alice, bob]);
});
