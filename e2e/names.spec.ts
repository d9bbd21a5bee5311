import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClientProcess } from './harness/client-process.ts';
import { COMMAND } from './harness/command.ts';
import { arrives, leaves, read } from './harness/files.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

const problemsOf = async (client: ClientProcess): Promise<{ path: string; code: string }[]> =>
  ((await client.status()).directories[0]?.problems ?? []).map(({ path, code }) => ({ path, code }));

const reported = (client: ClientProcess, ...paths: string[]): Promise<unknown> =>
  until(`problems at ${paths.join(', ')}`, async () => {
    const found = (await problemsOf(client)).map(({ path }) => path);
    return paths.every((path) => found.includes(path)) ? true : undefined;
  });

const named = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.syncpair'))
    .sort();

test('names that cannot be carried are refused with a report, the others go on, and the report ends with the name (R31) [FSN-01]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const latin1 = Buffer.concat([Buffer.from(`${alice.folder}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]);
  writeFileSync(latin1, 'not UTF-8');
  writeFileSync(alice.at('back\\slash'), 'a backslash');
  mkdirSync(alice.at('folder'));
  writeFileSync(alice.at('folder', 'in\\side'), 'a backslash deeper');
  writeFileSync(alice.at('folder', 'good.txt'), 'good');
  writeFileSync(alice.at('other.txt'), 'other');
  await arrives(bob.at('folder', 'good.txt'), 'good');
  await arrives(bob.at('other.txt'), 'other');
  await reported(alice, 'caf\\xe9.txt', 'back\\slash', 'folder/in\\side');
  expect((await problemsOf(alice)).every(({ code }) => code === 'name_refused')).toBe(true);
  const { code, stdout } = await alice.run('status');
  expect(code).toBe(4);
  expect(stdout).toContain('backslash');
  expect((await alice.status()).directories[0]?.in_sync).toBe(false);
  expect(named(bob.folder)).toEqual(['folder', 'other.txt']);

  renameSync(alice.at('back\\slash'), alice.at('back-slash'));
  rmSync(latin1);
  rmSync(alice.at('folder', 'in\\side'));
  await arrives(bob.at('back-slash'), 'a backslash');
  await until('no problem is left', async () => ((await problemsOf(alice)).length === 0 ? true : undefined));
  await stabilise([alice, bob]);
});

test('a name changes only in case: file and folder follow [FSN-04]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  mkdirSync(alice.at('Photos'));
  writeFileSync(alice.at('Photos', 'one.jpg'), 'one');
  writeFileSync(alice.at('README.md'), 'read me');
  await arrives(bob.at('Photos', 'one.jpg'), 'one');
  await stabilise([alice, bob]);
  renameSync(alice.at('README.md'), alice.at('Readme.md'));
  renameSync(bob.at('Photos'), bob.at('photos'));
  await arrives(bob.at('Readme.md'), 'read me');
  await arrives(alice.at('photos', 'one.jpg'), 'one');
  const tree = await stabilise([alice, bob]);
  expect([...tree.keys()].sort()).toEqual(['Readme.md', 'photos', 'photos/one.jpg']);
  expect(await alice.conflicts()).toEqual([]);
});

test('names that differ only in case, or in Unicode form, are different names (R31) [FSN-02]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  const names = ['Name', 'NAME', 'name', 'caf\u00e9', 'cafe\u0301'];
  for (const name of names) writeFileSync(alice.at(name), `content of ${name}`);
  for (const name of names) await arrives(bob.at(name), `content of ${name}`);
  await stabilise([alice, bob]);
});

test('a FIFO is skipped with one report and keeps nothing from being in sync; a file in its place travels (R36) [FSN-07]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  execFileSync('mkfifo', [alice.at('pipe')]);
  writeFileSync(alice.at('beside.txt'), 'beside');
  await arrives(bob.at('beside.txt'), 'beside');
  await reported(alice, 'pipe');
  expect(await problemsOf(alice)).toEqual([{ path: 'pipe', code: 'special_file' }]);
  await until('in sync all the same', async () => ((await alice.status()).directories[0]?.in_sync === true ? true : undefined));
  await alice.stop();
  await alice.start();
  await reported(alice, 'pipe');
  expect(named(bob.folder)).toEqual(['beside.txt']);
  rmSync(alice.at('pipe'));
  writeFileSync(alice.at('pipe'), 'a file now');
  await arrives(bob.at('pipe'), 'a file now');
  await until('no problem is left', async () => ((await problemsOf(alice)).length === 0 ? true : undefined));
  await stabilise([alice, bob]);
});

/** Somebody whom permissions stop: oneself, or an ordinary user when the tests run as root and that user can reach the command. */
const ordinary = ((): { uid?: number } | null => {
  if (process.getuid?.() !== 0) return {};
  const uid = 65_534;
  const reaches = spawnSync('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--', COMMAND, '--version']);
  return reaches.status === 0 ? { uid } : null;
})();

describe.skipIf(ordinary === null)('what the user may not read', () => {
  test('is neither changed nor deleted anywhere, is reported, and the rest goes on (R21) [DEL-08]', async () => {
    const alice = world.client('alice', ordinary ?? {});
    const bob = world.client('bob');
    const give = (path: string): void => {
      if (ordinary?.uid !== undefined) chownSync(path, ordinary.uid, ordinary.uid);
    };
    mkdirSync(alice.at('closed'));
    for (const path of ['closed/one.txt', 'closed/two.txt', 'secret.txt']) writeFileSync(alice.at(path), path);
    for (const path of ['closed', 'closed/one.txt', 'closed/two.txt', 'secret.txt']) give(alice.at(path));
    await Promise.all([alice.start(), bob.start()]);
    await arrives(bob.at('closed', 'two.txt'), 'closed/two.txt');
    await stabilise([alice, bob]);

    chmodSync(alice.at('closed'), 0);
    chmodSync(alice.at('secret.txt'), 0);
    writeFileSync(alice.at('open.txt'), 'open');
    give(alice.at('open.txt'));
    writeFileSync(bob.at('from bob.txt'), 'from bob');
    await arrives(bob.at('open.txt'), 'open');
    await arrives(alice.at('from bob.txt'), 'from bob');
    await alice.stop();
    await alice.start();
    await reported(alice, 'closed');
    writeFileSync(bob.at('closed', 'two.txt'), 'edited by bob');
    await arrives(bob.at('closed', 'one.txt'), 'closed/one.txt');

    chmodSync(alice.at('closed'), 0o755);
    chmodSync(alice.at('secret.txt'), 0o644);
    await arrives(alice.at('closed', 'two.txt'), 'edited by bob');
    await until('no problem is left', async () => ((await problemsOf(alice)).length === 0 ? true : undefined));
    const tree = await stabilise([alice, bob]);
    expect([...tree.keys()].sort()).toEqual(['closed', 'closed/one.txt', 'closed/two.txt', 'from bob.txt', 'open.txt', 'secret.txt']);
    expect(read(bob.at('secret.txt'))).toBe('secret.txt');
  });

  test('a file that cannot be read is reported and travels once it can (R36)', async () => {
    const alice = world.client('alice', ordinary ?? {});
    const bob = world.client('bob');
    await Promise.all([alice.start(), bob.start()]);
    writeFileSync(alice.at('unreadable.txt'), 'in the end', { mode: 0 });
    writeFileSync(alice.at('readable.txt'), 'at once', { mode: 0o644 });
    if (ordinary?.uid !== undefined)
      for (const name of ['unreadable.txt', 'readable.txt']) chownSync(alice.at(name), ordinary.uid, ordinary.uid);
    await arrives(bob.at('readable.txt'), 'at once');
    await reported(alice, 'unreadable.txt');
    chmodSync(alice.at('unreadable.txt'), 0o644);
    await arrives(bob.at('unreadable.txt'), 'in the end');
    await stabilise([alice, bob]);
    rmSync(bob.at('unreadable.txt'));
    await leaves(alice.at('unreadable.txt'));
  });
});
