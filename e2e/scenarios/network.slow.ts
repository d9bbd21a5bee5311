import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ClientProcess } from '../harness/client-process.ts';
import { arrives, read } from '../harness/files.ts';
import { sha256 } from '../harness/ledger.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { useWorld } from '../harness/world.ts';
import { AnsweringProxy } from './answering-proxy.ts';

const world = useWorld({ testTimeout: 600_000 });
const LONG = { within: 180_000 };

const named = (client: ClientProcess): string[] => readdirSync(client.folder).filter((name) => !name.startsWith('.syncpair'));
const holds = (client: ClientProcess, name: string, bytes: Buffer): Promise<true> =>
  until(
    `${name} at ${client.id}`,
    () => (named(client).includes(name) && sha256(readFileSync(client.at(name))) === sha256(bytes) ? true : undefined),
    LONG,
  );

test('a download that is cut again and again goes on where it was, and sends little twice', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice');
  const bob = world.client('bob', { server: proxy.url });
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  const size = 40 * 1024 * 1024;
  const bytes = randomBytes(size);
  const cut = 7 * 1024 * 1024;
  // Slower than bob reads: what lies in the buffers of a connection is lost with it.
  await proxy.set({ cutDownAfter: cut, bytesPerSecond: 4 * 1024 * 1024, only: /^(GET|POST) \/blobs/ });
  const before = proxy.passed.down;
  writeFileSync(alice.at('large'), bytes);
  await holds(bob, 'large', bytes);
  expect(proxy.passed.down - before).toBeLessThan(1.2 * size + cut);
  await proxy.heal();
  await stabilise([alice, bob], LONG);
});

test('a black hole is found out, hangs nothing, and work goes on when it ends [NET-03]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('before'), 'before');
  await arrives(bob.at('before'), 'before');
  await proxy.set({ blackHole: true });
  writeFileSync(alice.at('from alice'), 'into the hole');
  writeFileSync(bob.at('from bob'), 'not seen yet');
  await until('alice says so', async () => ((await alice.status()).server.reachable ? undefined : true), LONG);
  expect((await alice.status()).directories[0]?.in_sync).toBe(false);
  await proxy.heal();
  await until('bob has it', () => (read(bob.at('from alice')) === 'into the hole' ? true : undefined), LONG);
  await until('alice has it', () => (read(alice.at('from bob')) === 'not seen yet' ? true : undefined), LONG);
  expect((await stabilise([alice, bob], LONG)).size).toBe(3);
});

test('a slow and shaky line with tiny segments: everything arrives, and what takes long is not given up [NET-04]', async () => {
  const proxy = await world.proxy();
  const alice = world.client('alice', { server: proxy.url });
  const bob = world.client('bob');
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  await proxy.set({ delayMs: 300, pieceBytes: 10 });
  for (let n = 0; n < 1_000; n += 1) writeFileSync(alice.at(`small ${n}`), `content ${n}`);
  for (const delayMs of [100, 500, 300, 200, 400]) {
    await delay(2_000);
    proxy.resetAll();
    await proxy.set({ delayMs });
  }
  await until('the small ones are at bob', () => (named(bob).length === 1_000 ? true : undefined), LONG);
  // More than a minute at this speed: a timeout on the whole would never let it through.
  const large = randomBytes(5 * 1024 * 1024);
  await proxy.set({ delayMs: 300, pieceBytes: 1_400, bytesPerSecond: 64 * 1024 });
  writeFileSync(alice.at('large'), large);
  await holds(bob, 'large', large);
  await proxy.heal();
  expect((await stabilise([alice, bob], LONG)).size).toBe(1_001);
});

test('whatever a gateway answers, nothing is deleted, nothing goes to another origin, and work goes on afterwards [NET-08]', async () => {
  const elsewhere = new AnsweringProxy(world.server.url);
  elsewhere.answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
  const gateway = new AnsweringProxy(world.server.url);
  await Promise.all([elsewhere.listen(), gateway.listen()]);
  try {
    const alice = world.client('alice', { server: gateway.url });
    const bob = world.client('bob');
    for (let n = 0; n < 10; n += 1) writeFileSync(alice.at(`kept ${n}`), `kept ${n}`);
    await Promise.all([alice.start(), bob.start()]);
    await arrives(bob.at('kept 9'), 'kept 9');
    await stabilise([alice, bob]);
    const redirects = [301, 302, 307, 308].flatMap((status) =>
      [`${elsewhere.url}/x`, 'file:///etc/passwd', 'http://169.254.169.254/latest/'].map((location) => ({ status, headers: { location } })),
    );
    const page = { headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' };
    const plain = [401, 403, 404, 409, 410, 412, 413, 500, 503, 504].map((status) => ({ status }));
    const answers = [
      ...plain,
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 502, ...page },
      { status: 200, ...page },
      { status: 204 },
      ...redirects,
    ];
    for (const [turn, answer] of answers.entries()) {
      gateway.answer = answer;
      gateway.cut();
      const before = gateway.answered;
      writeFileSync(alice.at(`edited ${turn}`), JSON.stringify(answer));
      await until(`alice asks (${turn})`, () => (gateway.answered > before ? true : undefined), LONG);
      expect((await alice.status()).directories[0]?.in_sync).toBe(false);
      gateway.answer = null;
      await until(`it went through (${turn})`, () => (read(bob.at(`edited ${turn}`)) === null ? undefined : true), LONG);
      expect([named(alice).length, elsewhere.answered]).toEqual([11 + turn, 0]);
    }
    expect((await stabilise([alice, bob], LONG)).size).toBe(10 + answers.length);
  } finally {
    await Promise.all([elsewhere.close(), gateway.close()]);
  }
});

test('a gateway that says how long to wait is not asked before [NET-08]', async () => {
  const gateway = new AnsweringProxy(world.server.url);
  await gateway.listen();
  try {
    const alice = world.client('alice', { server: gateway.url });
    const bob = world.client('bob');
    await Promise.all([alice.start(), bob.start()]);
    await stabilise([alice, bob]);
    const pauseMs = 15_000;
    gateway.answer = { status: 429, headers: { 'retry-after': String(pauseMs / 1_000) } };
    gateway.cut();
    writeFileSync(alice.at('edited'), 'while it must wait');
    const isEvents = ({ path }: { path: string }): boolean => path === '/events';
    for (const which of [isEvents, (one: { path: string }) => !isEvents(one)]) {
      const [first, next] = await until(
        'it has asked, and asked again',
        () => {
          const times = gateway.asked.filter(which).map(({ at }) => at);
          // What was under way when the first answer came is no new question.
          const again = times.find((at) => at - (times[0] as number) > 3_000);
          return again === undefined ? undefined : [times[0] as number, again];
        },
        LONG,
      );
      expect((next as number) - (first as number)).toBeGreaterThan(pauseMs - 100);
    }
    gateway.answer = null;
    await until('it went through', () => (read(bob.at('edited')) === 'while it must wait' ? true : undefined), LONG);
    await stabilise([alice, bob], LONG);
  } finally {
    await gateway.close();
  }
});

test.each([
  ['events', /^GET \/events/],
  ['requests', /^(?!GET \/events)/],
])('only the %s are cut: what happens meanwhile arrives, at the latest when they are back [NET-09]', async (what, only) => {
  const proxy = await world.proxy();
  const alice = world.client('alice');
  const bob = world.client('bob', { server: proxy.url, settings: { sync_interval_seconds: 3 } });
  await Promise.all([alice.start(), bob.start()]);
  writeFileSync(alice.at('before'), 'before');
  await arrives(bob.at('before'), 'before');
  await stabilise([alice, bob]);
  await proxy.set({ blackHole: true, only });
  writeFileSync(alice.at('meanwhile'), 'meanwhile');
  // Without events the interval asks; without requests small contents come along with the events.
  await until(`bob has it without ${what}`, () => (read(bob.at('meanwhile')) === 'meanwhile' ? true : undefined), LONG);
  writeFileSync(bob.at('from bob'), 'from bob');
  await proxy.heal();
  await until('alice has what bob made', () => (read(alice.at('from bob')) === 'from bob' ? true : undefined), LONG);
  await stabilise([alice, bob], LONG);
});
