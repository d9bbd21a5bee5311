import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arrives } from './harness/files.ts';
import { sha256 } from './harness/ledger.ts';
import { problemsOf, reported, unproblematic } from './harness/problems.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useMounts } from './harness/use-mounts.ts';
import { useWorld } from './harness/world.ts';

const MIB = 1024 * 1024;

const world = useWorld({ testTimeout: 300_000 });
const mounts = useMounts();

test('a client with a full disk reports what does not fit, takes what does, shows no part, and goes on when there is room [CRA-05]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice');
  const bob = world.client('bob', { mounts: space });
  await space.mount(bob.localPath, 20);
  writeFileSync(bob.at('ballast'), randomBytes(6 * MIB));
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const big = randomBytes(50 * MIB);
  const middle = randomBytes(15 * MIB);
  writeFileSync(alice.at('big.bin'), big);
  writeFileSync(alice.at('middle.bin'), middle);
  for (let n = 0; n < 20; n += 1) writeFileSync(alice.at(`small-${n}`), `small ${n}`);
  for (let n = 0; n < 20; n += 1) await arrives(bob.at(`small-${n}`), `small ${n}`);
  await reported(bob, 'big.bin', 'middle.bin');
  expect(await problemsOf(bob)).toContainEqual({ path: 'big.bin', code: 'ENOSPC' });
  for (const name of ['big.bin', 'middle.bin']) expect(existsSync(bob.at(name))).toBe(false);
  writeFileSync(bob.at('from bob'), 'from bob');
  await arrives(alice.at('from bob'), 'from bob');

  rmSync(bob.at('ballast'));
  await until('the one that fits now is there', () => (existsSync(bob.at('middle.bin')) ? true : undefined), { within: 60_000 });
  expect(readFileSync(bob.at('middle.bin')).equals(middle)).toBe(true);
  await space.run('mount', '-o', 'remount,size=100m', bob.localPath);
  await until('all are there', () => (existsSync(bob.at('big.bin')) ? true : undefined), { within: 60_000 });
  await unproblematic(bob);
  await stabilise([alice, bob]);
  expect(readFileSync(bob.at('big.bin')).equals(big)).toBe(true);
});

test('a client whose own files cannot be written tells of it, loses and deletes nothing, and goes on [CRA-07]', async (context) => {
  const space = await mounts(context);
  const alice = world.client('alice');
  const bob = world.client('bob', { mounts: space });
  await space.mount(bob.localPath, 20);
  await Promise.all([alice.start(), bob.start()]);
  for (let n = 0; n < 10; n += 1) {
    writeFileSync(alice.at(`kept-${n}`), `kept ${n}`);
    writeFileSync(alice.at(`edited-${n}`), `first ${n}`);
  }
  await arrives(bob.at('kept-9'), 'kept 9');
  await stabilise([alice, bob]);

  const full = join(bob.folder, '.syncpair_ballast');
  await space.run('sh', '-c', `dd if=/dev/zero of="${join(bob.localPath, '.syncpair_ballast')}" bs=64k 2>/dev/null; true`);
  for (let n = 0; n < 10; n += 1) {
    writeFileSync(alice.at(`edited-${n}`), `second ${n} ${'x'.repeat(100_000)}`);
    writeFileSync(alice.at(`new-${n}`), randomBytes(50_000));
    rmSync(alice.at(`kept-${n}`));
  }
  writeFileSync(bob.at('kept-3'), '');
  await until('bob tells of it', async () => ((await problemsOf(bob)).some(({ code }) => code === 'state_unwritable') ? true : undefined));
  for (let n = 0; n < 10; n += 1) {
    const seen = readFileSync(bob.at(`edited-${n}`), 'utf8');
    expect([`first ${n}`, `second ${n} ${'x'.repeat(100_000)}`]).toContain(seen);
  }
  expect(bob.isRunning).toBe(true);
  rmSync(full);
  await unproblematic(bob);
  const tree = await stabilise([alice, bob], { within: 60_000 });
  expect([...tree.keys()].filter((path) => path.startsWith('edited')).length).toBe(10);
  expect(readdirSync(bob.folder).filter((name) => name.startsWith('new-')).length).toBe(10);
});

test('a server with full storage refuses without a word of success, goes on serving, and takes all when there is room [CRA-06]', async (context) => {
  const space = await mounts(context);
  const server = world.otherServer(space.wrapper);
  const blobs = join(server.storageDir, 'blobs');
  mkdirSync(blobs, { recursive: true, mode: 0o700 });
  await space.mount(blobs, 24, 'mode=700');
  await server.start();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: server.url });
  const before = randomBytes(2 * MIB);
  writeFileSync(alice.at('before.bin'), before);
  await until('it travelled', () => (existsSync(bob.at('before.bin')) ? true : undefined));
  await stabilise([alice, bob]);

  await space.run('sh', '-c', `dd if=/dev/zero of="${join(blobs, 'ballast')}" bs=64k 2>/dev/null; true`);
  const contents = Array.from({ length: 6 }, (_, n) => randomBytes(n < 3 ? 200_000 : 3 * MIB));
  for (const [n, bytes] of contents.entries()) writeFileSync(alice.at(`later-${n}`), bytes);
  await until('alice tells of it', async () =>
    JSON.stringify(await alice.status()).includes('full') || alice.log.includes('disk of the server is full') ? true : undefined,
  );
  const query = new URLSearchParams({
    client_id: 'script',
    directory: alice.directory,
    shared: 'true',
    path: 'by script',
    hash: sha256(contents[4] as Buffer),
    modified: new Date().toISOString(),
  });
  const refused = await fetch(`${server.url}/upload?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: contents[4] as Buffer<ArrayBuffer>,
  });
  expect(refused.status).toBe(507);
  const read = await fetch(`${server.url}/download/before.bin?client_id=script&directory=${alice.directory}&shared=true`);
  expect(sha256(Buffer.from(await read.arrayBuffer()))).toBe(sha256(before));
  // What needs no content goes through while the storage is full.
  mkdirSync(bob.at('a folder'));
  rmSync(bob.at('before.bin'));
  await until('it arrived', () => (existsSync(alice.at('a folder')) && !existsSync(alice.at('before.bin')) ? true : undefined), {
    within: 60_000,
  });
  expect(readdirSync(bob.folder).filter((name) => name.startsWith('later'))).toEqual([]);

  rmSync(space.seen(join(blobs, 'ballast')));
  await until('all arrived', () => (contents.every((_, n) => existsSync(bob.at(`later-${n}`))) ? true : undefined), { within: 90_000 });
  await stabilise([alice, bob], { within: 60_000 });
  for (const [n, bytes] of contents.entries()) expect(readFileSync(bob.at(`later-${n}`)).equals(bytes)).toBe(true);
});

test('a server whose database cannot be written acknowledges nothing, and goes on by itself [CRA-06]', async (context) => {
  const space = await mounts(context);
  const server = world.otherServer(space.wrapper);
  const database = join(server.storageDir, 'postgres');
  mkdirSync(database, { recursive: true, mode: 0o700 });
  await space.mount(database, 160, 'mode=700');
  await server.start();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: server.url });
  writeFileSync(alice.at('before.txt'), 'before');
  await arrives(bob.at('before.txt'), 'before');
  await stabilise([alice, bob]);

  await space.run('sh', '-c', `dd if=/dev/zero of="${join(database, 'ballast')}" bs=64k 2>/dev/null; true`);
  const names = Array.from({ length: 400 }, (_, n) => `${'n'.repeat(200)}-${n}`);
  for (const [n, name] of names.entries()) writeFileSync(alice.at(name), `content ${n}`);
  await until('alice tells of it', async () => ((await alice.status()).directories[0]?.state === 'in_sync' ? undefined : true));
  await until('it is told', () => (server.log.includes('status=507') && alice.log.includes('does not take requests') ? true : undefined), {
    within: 60_000,
  });
  rmSync(space.seen(join(database, 'ballast')));
  await until('all arrived', () => (names.every((name) => existsSync(bob.at(name))) ? true : undefined), { within: 120_000 });
  const tree = await stabilise([alice, bob], { within: 60_000 });
  expect(tree.size).toBe(401);
});
