import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { arrives, read } from './harness/files.ts';
import { Ledger, sha256 } from './harness/ledger.ts';
import { stabilise } from './harness/stabilise.ts';
import { until } from './harness/until.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

test('a client that starts before its server says so, works on, and joins when the server comes', async () => {
  const server = world.otherServer();
  await server.start();
  await server.stop();
  const [alice, bob] = [world.client('alice', { server: server.url }), world.client('bob', { server: server.url })];
  writeFileSync(alice.at('early.txt'), 'written before the server was there');
  alice.launch();
  await bob.start();
  const status = await until('alice tells that the server is away', async () => {
    const told = await alice.status();
    return told.directories[0]?.state === 'offline' && alice.log.includes('server') ? told : undefined;
  });
  expect(status.server.reachable).toBe(false);
  expect(status.directories[0]?.in_sync).toBe(false);
  await server.start();
  await arrives(bob.at('early.txt'), 'written before the server was there');
  await stabilise([alice, bob]);
});

test('what is edited, renamed, deleted and made while the server is away travels when it is back (R35) [NET-01]', async () => {
  const server = world.otherServer();
  await server.start();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: server.url, settings: { sync_interval_seconds: 5 } });
  for (const name of ['edited', 'deleted', 'renamed', 'kept']) writeFileSync(alice.at(name), `first ${name}`);
  mkdirSync(alice.at('folder'));
  writeFileSync(alice.at('folder', 'inside'), 'inside');
  await arrives(bob.at('folder', 'inside'), 'inside');
  await stabilise([alice, bob]);
  await server.stop();
  await until('both know', async () =>
    (await Promise.all([alice, bob].map((client) => client.status()))).every(({ directories }) => directories[0]?.state === 'offline')
      ? true
      : undefined,
  );
  writeFileSync(alice.at('edited'), 'second edited');
  rmSync(alice.at('deleted'));
  renameSync(alice.at('renamed'), alice.at('new name'));
  writeFileSync(bob.at('made'), 'made by bob');
  renameSync(bob.at('folder'), bob.at('moved folder'));
  await server.start();
  await arrives(bob.at('edited'), 'second edited');
  await arrives(alice.at('made'), 'made by bob');
  const tree = await stabilise([alice, bob]);
  expect([...tree.keys()].sort()).toEqual(['edited', 'kept', 'made', 'moved folder', 'moved folder/inside', 'new name']);
  expect(await alice.conflicts()).toEqual([]);
});

test('a server that is killed again and again loses nothing that it acknowledged, whatever is left of its PostgreSQL (R33)', async () => {
  const server = world.otherServer();
  await server.start();
  const acknowledged = new Map<string, string>();
  const upload = async (path: string): Promise<void> => {
    const content = randomBytes(3_000 + (path.length % 7) * 20_000);
    const query = new URLSearchParams({
      client_id: 'script',
      directory: 'kept',
      shared: 'true',
      path,
      hash: sha256(content),
      modified: new Date().toISOString(),
    });
    const response = await fetch(`${server.url}/upload?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
    });
    if (response.ok) acknowledged.set(path, sha256(content));
  };
  for (let round = 0; round < 3; round += 1) {
    const before = acknowledged.size;
    let up = true;
    const uploaders = Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 0; up; n += 1) await upload(`round ${round}/lane ${lane}/${n}`).catch(() => (up = false));
    });
    await until('some are acknowledged', () => (acknowledged.size > before + 20 ? true : undefined));
    await delay(30 * round);
    await server.kill();
    up = false;
    await Promise.all(uploaders);
    await server.start();
  }
  const lost: string[] = [];
  for (const [path, hash] of acknowledged) {
    const response = await fetch(
      `${server.url}/download/${path.split('/').map(encodeURIComponent).join('/')}?client_id=script&directory=kept&shared=true`,
    );
    if (sha256(Buffer.from(await response.arrayBuffer())) !== hash) lost.push(`${path}: ${response.status}`);
  }
  expect(lost).toEqual([]);
});

test('clients at work get over a server that is killed and comes back', async () => {
  const server = world.otherServer();
  await server.start();
  const [alice, bob] = await world.started(['alice', 'bob'], { server: server.url });
  const ledger = new Ledger();
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 30; n += 1) {
      const [first, second] = [randomBytes(5_000), randomBytes(40_000)];
      ledger.wrote(first, `alice ${round}/${n}`);
      ledger.wrote(second, `bob ${round}/${n}`);
      writeFileSync(alice.at(`alice ${round} ${n}`), first);
      writeFileSync(bob.at(`bob ${round} ${n}`), second);
    }
    await until('some have crossed', () => (read(bob.at(`alice ${round} 3`)) === null ? undefined : true));
    await server.kill();
    writeFileSync(alice.at('last.txt'), `round ${round}`);
    await server.start();
    await arrives(bob.at('last.txt'), `round ${round}`);
  }
  const tree = await stabilise([alice, bob], { within: 60_000 });
  expect(tree.size).toBe(181);
  expect(await ledger.missing(alice, server.url)).toEqual([]);
  expect(await alice.conflicts()).toEqual([]);
});
