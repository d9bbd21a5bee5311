import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentHash, NegotiateResponse, PutChange, RelativePath, SyncEvent } from '@syncpair/contracts';
import { type Standalone, startStandalone } from '@syncpair/standalone';
import { type FaultyProxy, type TestDatabase, startFaultyProxy, testDatabase } from '@syncpair/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../log/logger.ts';
import { createEventStream } from './http-event-stream.ts';
import { createSyncServer } from './http-sync-server.ts';
import { createHttp } from './http.ts';
import type { Negotiation, SyncServer } from './sync-server.ts';

let database: TestDatabase;
let storageDir: string;
let standalone: Standalone;
let proxy: FaultyProxy;
let directory: string;
let server: SyncServer;
let count = 0;

beforeAll(async () => {
  database = await testDatabase();
  storageDir = await mkdtemp(join(tmpdir(), 'syncpair-client-server-'));
  standalone = await startStandalone({
    port: 0,
    host: '127.0.0.1',
    storageDir,
    databaseUrl: database.url,
    auth: 'open',
    logLevel: 'error',
    logFile: join(storageDir, 'server.log'),
    quiet: true,
  });
  proxy = await startFaultyProxy(standalone.url);
});
afterAll(async () => {
  await proxy.close();
  await standalone.stop();
  await database.close();
  await rm(storageDir, { recursive: true, force: true });
});

beforeEach(() => {
  directory = `team ${(count += 1)}`;
  server = connect('alice', 'aa');
});
afterEach(() => proxy.heal());

function connect(clientId: string, digits: string, noProgressMs = 20_000): SyncServer {
  return createSyncServer({
    http: createHttp(proxy.url),
    clientId,
    device: digits.repeat(16),
    directory,
    shared: true,
    conflictCopies: false,
    noProgressMs,
  });
}

const hashOf = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;

const put = (path: string, bytes: Uint8Array): PutChange => ({
  op: 'put',
  id: `id-${path}`,
  path: path as RelativePath,
  base: null,
  entry: { kind: 'file', hash: hashOf(bytes), size: bytes.length, mtime: 1_700_000_000_000_000_001n, executable: false },
});

async function negotiate(to: SyncServer, request: Partial<Negotiation>): Promise<Extract<NegotiateResponse, { status: 'ok' }>> {
  const nothing: Negotiation = {
    epoch,
    cursor: 0,
    mark: null,
    server: null,
    run: null,
    applied: 0,
    changes: [],
    receipts: [],
    announced: [],
    contents: new Map(),
    pull: true,
    joins: false,
  };
  const answer = await to.negotiate({ ...nothing, ...request });
  if (answer.status !== 'ok') throw new Error('asked to join anew');
  return answer;
}

let epoch: string;
/** Learns the directory's epoch, as a client without a base does. */
async function joinNew(): Promise<void> {
  const snapshot = await server.snapshot();
  for await (const batch of snapshot.heads) expect(batch).toEqual([]);
  epoch = snapshot.epoch;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(bytes: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  if (bytes === null) throw new Error('the content is missing');
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Commits contents by upload and receipt. */
async function commitByReceipt(files: readonly (readonly [path: string, bytes: Uint8Array])[]): Promise<void> {
  const changes = files.map(([path, bytes]) => put(path, bytes));
  const asked = await negotiate(server, { changes });
  expect(asked.outcomes.map(({ status }) => status)).toEqual(files.map(() => 'needs_content'));
  const receipts: string[] = [];
  const small = files.filter(([, bytes]) => bytes.length <= 1 << 20).map(([, bytes]) => ({ hash: hashOf(bytes), bytes }));
  if (small.length > 0) receipts.push(await server.uploadMany([...new Set(asked.grants.map(({ grant }) => grant))], small));
  for (const [, bytes] of files.filter(([, bytes]) => bytes.length > 1 << 20)) {
    const grant = asked.grants.find(({ hashes }) => hashes.includes(hashOf(bytes)))?.grant ?? '';
    receipts.push(await server.uploadOne(grant, hashOf(bytes), bytes.length, pieces(bytes, 100_000)));
  }
  const done = await negotiate(server, { changes, receipts, pull: false });
  expect(done.outcomes.map(({ status }) => status)).toEqual(files.map(() => 'committed'));
}

test('contents travel inside a negotiation, in a batch and alone, and come back as they were', async () => {
  await joinNew();
  const inline = Buffer.from('hello');
  const first = await negotiate(server, { changes: [put('inline', inline)], contents: new Map([[hashOf(inline), inline]]) });
  expect(first.outcomes).toMatchObject([{ status: 'committed' }]);
  const small = Array.from({ length: 20 }, (_, n) => [`small ${n}`, randomBytes(1_000 * n)] as const);
  const large = randomBytes(5 << 20);
  await commitByReceipt([...small, ['large', large]]);

  const found = await server.downloadMany([hashOf(inline), ...small.map(([, bytes]) => hashOf(bytes)), hashOf(randomBytes(8))]);
  expect(found.size).toBe(21);
  for (const [, bytes] of small) expect(Buffer.from(found.get(hashOf(bytes)) ?? []).equals(bytes)).toBe(true);
  expect((await collect(await server.downloadOne(hashOf(large), 0))).equals(large)).toBe(true);
  expect((await collect(await server.downloadOne(hashOf(large), 4_000_000))).equals(large.subarray(4_000_000))).toBe(true);
  expect(await collect(await server.downloadOne(hashOf(large), large.length))).toHaveLength(0);
  expect(await server.downloadOne(hashOf(randomBytes(8)), 0)).toBeNull();

  const paths: string[] = [];
  for await (const batch of (await server.snapshot()).heads) paths.push(...batch.map(({ path }) => path));
  expect(paths.sort()).toEqual(['inline', 'large', ...small.map(([path]) => path)].sort());
});

test('bytes that were changed on the way are stored by no upload (R32)', async () => {
  await joinNew();
  const bytes = randomBytes(3 << 20);
  const asked = await negotiate(server, { changes: [put('x', bytes)] });
  const grant = asked.grants[0]?.grant ?? '';
  await proxy.set({ flipUpAt: 1 << 20, only: /^PUT/ });
  // On a connection of its own: offsets count from its first byte.
  const fresh = connect('alice', 'aa');
  await expect(fresh.uploadOne(grant, hashOf(bytes), bytes.length, pieces(bytes, 65_536))).rejects.toMatchObject({ code: 'hash_mismatch' });
  await proxy.heal();
  await expect(server.uploadOne('forged', hashOf(bytes), bytes.length, pieces(bytes, 65_536))).rejects.toMatchObject({
    code: expect.stringMatching(/unauthenticated|forbidden/),
  });
});

test('a download that is cut again and again goes on where it was', async () => {
  await joinNew();
  const bytes = randomBytes(6 << 20);
  await commitByReceipt([['big', bytes]]);
  await proxy.set({ cutDownAfter: 1 << 20, only: /^GET/ });
  const before = proxy.passed.down;
  let got = Buffer.alloc(0);
  let losses = 0;
  while (got.length < bytes.length) {
    try {
      const rest = await server.downloadOne(hashOf(bytes), got.length);
      for await (const chunk of rest ?? []) got = Buffer.concat([got, chunk]);
    } catch (error) {
      expect(error).toMatchObject({ name: 'ServerError', code: 'unreachable' });
      losses += 1;
    }
  }
  expect(got.equals(bytes)).toBe(true);
  expect(losses).toBeGreaterThanOrEqual(5);
  // Each loss costs no more than what was in flight.
  expect(proxy.passed.down - before).toBeLessThan(bytes.length + losses * (1 << 19));
});

test('a commit whose reply was lost is answered as at first when it is proposed again (R11)', async () => {
  await joinNew();
  const bytes = Buffer.from('once');
  const request = { changes: [put('once', bytes)], contents: new Map([[hashOf(bytes), bytes]]) };
  await proxy.set({ dropReplies: 1 });
  const fresh = connect('alice', 'aa');
  await expect(negotiate(fresh, request)).rejects.toMatchObject({ code: 'unreachable' });
  await expect.poll(async () => (await negotiate(server, {})).head, { timeout: 20_000 }).toBe(1);
  const again = await negotiate(server, request);
  expect(again.outcomes).toMatchObject([{ status: 'committed', version: '1.0' }]);
  expect(again).toMatchObject({ head: 1, commits: [{ seq: 1 }] });
});

test('what one client commits, the stream tells the other, also after the stream was cut', async () => {
  await joinNew();
  const events: SyncEvent[] = [];
  const connection: boolean[] = [];
  const stream = createEventStream({
    http: createHttp(proxy.url),
    clientId: 'bob',
    device: 'bb'.repeat(16),
    directories: [{ directory, shared: true }],
    log: silentLogger,
  });
  stream.start({ onEvent: (event) => events.push(event), onConnection: (up) => connection.push(up) });
  try {
    await expect.poll(() => events, { timeout: 10_000 }).toMatchObject([{ type: 'head', seq: 0, epoch }]);
    const commit = async (name: string): Promise<void> => {
      const bytes = Buffer.from(name);
      await negotiate(server, { changes: [put(name, bytes)], contents: new Map([[hashOf(bytes), bytes]]) });
    };
    await commit('one');
    await expect.poll(() => events[1], { timeout: 10_000 }).toMatchObject({ type: 'commits', previous: 0, seq: 1 });
    proxy.resetAll();
    await expect.poll(() => connection, { timeout: 10_000 }).toEqual([true, false, true]);
    await expect.poll(() => events[2], { timeout: 10_000 }).toMatchObject({ type: 'head', seq: 1 });
    await commit('two');
    await expect.poll(() => events[3], { timeout: 10_000 }).toMatchObject({ type: 'commits', previous: 1, seq: 2 });
  } finally {
    await stream.close();
  }
});

test('a server that does not answer is found, and is there again when it does', async () => {
  await joinNew();
  await proxy.set({ blackHole: true });
  await expect(negotiate(connect('alice', 'aa', 500), {})).rejects.toMatchObject({ code: 'unreachable' });
  await proxy.set({ blackHole: false, refuse: true });
  proxy.resetAll();
  await expect(negotiate(server, {})).rejects.toMatchObject({ code: 'unreachable' });
  await proxy.heal();
  expect(await negotiate(server, {})).toMatchObject({ head: 0 });
});

test('many heads arrive whole through small pieces', async () => {
  await joinNew();
  for (let round = 0; round < 3; round += 1) {
    const changes = Array.from({ length: 1_000 }, (_, n) => ({
      op: 'put' as const,
      id: `d${round}-${n}`,
      path: `folder ${round}-${n}` as RelativePath,
      base: null,
      entry: { kind: 'dir' as const },
    }));
    await negotiate(server, { changes, pull: false });
  }
  await proxy.set({ pieceBytes: 1_000 });
  let heads = 0;
  const sizes: number[] = [];
  for await (const batch of (await server.snapshot()).heads) {
    heads += batch.length;
    sizes.push(batch.length);
  }
  expect(heads).toBe(3_000);
  expect(Math.max(...sizes)).toBe(500);
});
