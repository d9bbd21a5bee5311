import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives, read } from '../harness/files.ts';
import { sha256 } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';

const world = useWorld({ testTimeout: 600_000 });
const LONG = { within: 180_000 };

const named = (client: ClientProcess): string[] => readdirSync(client.folder).filter((name) => !name.startsWith('.syncpair'));

test.each(['the client', 'the server'])(
  '%s is stopped for a minute in the middle of an upload and goes on: the file arrives, once [CRA-12]',
  async (who) => {
    const proxy = await world.proxy();
    const alice = world.client('alice', { server: proxy.url });
    const bob = world.client('bob');
    await Promise.all([alice.start(), bob.start()]);
    await stabilise([alice, bob]);
    const bytes = randomBytes(12 * 1024 * 1024);
    await proxy.set({ bytesPerSecond: 400_000, only: /^(POST|PUT) \/blobs/ });
    const before = proxy.passed.up;
    // In one step: a writer that pauses in the middle makes two versions.
    const aside = `${alice.folder}.large`;
    writeFileSync(aside, bytes);
    renameSync(aside, alice.at('large'));
    await until('alice is sending', () => (proxy.passed.up - before > 500_000 ? true : undefined), LONG);
    const stopped = who === 'the client' ? alice.process : world.server.process;
    stopped.signal('SIGSTOP');
    await delay(60_000);
    stopped.signal('SIGCONT');
    await proxy.heal();
    await until(
      'it is at bob',
      () => (named(bob).includes('large') && sha256(readFileSync(bob.at('large'))) === sha256(bytes) ? true : undefined),
      LONG,
    );
    await stabilise([alice, bob], LONG);
    expect(await bob.history('large')).toHaveLength(1);
  },
);

test('nothing happens while nothing happens: no commits, no writes, hardly a request [BAS-11]', async () => {
  const proxy = await world.proxy();
  const [alice, bob] = [world.client('alice', { server: proxy.url }), world.client('bob')];
  await Promise.all([alice.start(), bob.start()]);
  for (let n = 0; n < 50; n += 1) writeFileSync(alice.at(`f${n}`), `content ${n}`);
  await arrives(bob.at('f49'), 'content 49');
  await stabilise([alice, bob]);
  await delay(5_000);
  const seen = async (): Promise<unknown> => [
    (await alice.status()).directories[0]?.cursor,
    named(alice).map((name) => [name, statSync(alice.at(name)).ino, statSync(alice.at(name)).ctimeMs]),
  ];
  const before = await seen();
  const passed = proxy.passed.up;
  await delay(75_000);
  expect(await seen()).toEqual(before);
  // The interval of half a minute asks, and the stream is kept: no more than a few small requests.
  expect(proxy.passed.up - passed).toBeLessThan(20_000);
});

test('a directory becomes private, gets another name, or its folder is moved: nothing is deleted anywhere [CFG-12]', async () => {
  const [alice, bob] = await world.started(['alice', 'bob']);
  for (let n = 0; n < 30; n += 1) writeFileSync(alice.at(`f${n}`), `content ${n}`);
  await until('all are at bob', () => (named(bob).length === 30 ? true : undefined));
  await stabilise([alice, bob]);

  const all = (): void => {
    expect([named(alice).length, named(bob).length]).toEqual([30, 30]);
  };
  await alice.stop();
  alice.configure({ settings: { shared: false } });
  alice.launch();
  await until('alice has made up her mind', async () => (['in_sync', 'error'].includes(await stateOf(alice)) ? true : undefined), LONG);
  await delay(3_000);
  all();
  await alice.stop();

  // Back, and with the folder at another place.
  alice.configure({});
  renameSync(alice.folder, `${alice.folder}-moved`);
  const moved = readFileSync(alice.config, 'utf8').replaceAll(alice.folder, `${alice.folder}-moved`);
  writeFileSync(alice.config, moved);
  alice.launch();
  await until(
    'alice has made up her mind again',
    async () => (['in_sync', 'error'].includes(await stateOf(alice)) ? true : undefined),
    LONG,
  );
  await delay(3_000);
  expect(named(bob)).toHaveLength(30);
  expect(readdirSync(`${alice.folder}-moved`).filter((name) => !name.startsWith('.syncpair'))).toHaveLength(30);
  for (let n = 0; n < 30; n += 1) expect(read(bob.at(`f${n}`))).toBe(`content ${n}`);
});

const stateOf = async (client: ClientProcess): Promise<string> => {
  try {
    return (await client.status()).directories[0]?.state ?? '';
  } catch {
    // It does not answer yet.
    return '';
  }
};
