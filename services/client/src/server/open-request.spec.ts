import { once } from 'node:events';
import type { Agent } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { type FaultyProxy, startFaultyProxy } from '@syncpair/testing';
import type { AxiosInstance } from 'axios';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { ServerError, createHttp } from './http.ts';
import { type Answer, type HttpRequest, openRequest } from './open-request.ts';
import { readJson } from './read-json.ts';

const NO_PROGRESS = 1_000;

let fake: FakeHttpServer;
let proxy: FaultyProxy;
let http: AxiosInstance;

beforeEach(async () => {
  fake = await fakeHttpServer();
  proxy = await startFaultyProxy(fake.url);
  http = createHttp(proxy.url);
});
afterEach(async () => {
  await proxy.close();
  await fake.close();
});

const open = (request: Partial<HttpRequest> = {}): Promise<Answer> =>
  openRequest(http, { method: 'GET', path: '/x', noProgressMs: NO_PROGRESS, ...request });

async function readAll(answer: Answer): Promise<number> {
  let length = 0;
  for await (const chunk of answer.body) length += chunk.length;
  return length;
}

/** `count` megabytes of nothing. */
async function* megabytes(count: number, onPull: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n += 1) {
    onPull();
    yield new Uint8Array(1 << 20);
  }
}

const upload = (count: number, onPull?: () => void): Partial<HttpRequest> => ({
  method: 'PUT',
  body: { stream: megabytes(count, onPull), length: count << 20, contentType: 'application/octet-stream' },
});

/** A server below HTTP. */
async function rawServer(serve: (socket: Socket) => void): Promise<{ server: Server; http: AxiosInstance }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, http: createHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

test('a server that refuses connections, or is not found, is unreachable', async () => {
  await proxy.set({ refuse: true });
  await expect(open()).rejects.toMatchObject({
    name: 'ServerError',
    code: 'unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const nowhere = createHttp('http://nowhere.invalid');
  await expect(openRequest(nowhere, { method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'unreachable' });
  await expect(openRequest(createHttp('file:///etc'), { method: 'GET', path: '/passwd' })).rejects.toBeInstanceOf(ServerError);
});

test('a black hole is found by the lack of progress, before and within an answer (R35)', async () => {
  await proxy.set({ blackHole: true });
  await expect(open()).rejects.toMatchObject({ code: 'unreachable', message: 'nothing came or went for 1.0 s' });
  await proxy.heal();
  fake.play((_request, response) => response.writeHead(200).write('first'));
  const answer = await open();
  await expect(readAll(answer)).rejects.toMatchObject({ code: 'unreachable', message: 'nothing came or went for 1.0 s' });
});

test('an upload into a black hole is given up', async () => {
  fake.play((request, response) => request.resume().on('end', () => answerJson(response, {})));
  await proxy.set({ blackHole: true });
  const start = performance.now();
  await expect(open(upload(64))).rejects.toMatchObject({ code: 'unreachable', message: 'nothing came or went for 1.0 s' });
  expect(performance.now() - start).toBeLessThan(30_000);
});

test('a slow answer takes as long as it takes (R35)', async () => {
  fake.play(async (_request, response) => {
    response.writeHead(200);
    for (let n = 0; n < 30; n += 1) {
      response.write('x');
      await sleep(50);
    }
    response.end();
  });
  expect(await readAll(await open())).toBe(30);
});

test('a slow upload takes as long as it takes, also when all of it has left us', async () => {
  fake.play((request, response) => request.resume().on('end', () => answerJson(response, { done: true })));
  await proxy.set({ bytesPerSecond: 1 << 20 });
  const start = performance.now();
  expect(await readJson(await open(upload(2)))).toEqual({ done: true });
  expect(performance.now() - start).toBeGreaterThan(1_500);
});

test('a slow reader and a slow source are no lack of progress', async () => {
  fake.play((request, response) => request.resume().on('end', () => response.writeHead(200).end(Buffer.alloc(4 << 20))));
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    await sleep(NO_PROGRESS * 2);
    yield Buffer.from('b');
  }
  const answer = await open({ method: 'PUT', body: { stream: slow(), length: 2, contentType: 'text/plain' } });
  let length = 0;
  for await (const chunk of answer.body) {
    if (length === 0) await sleep(NO_PROGRESS * 2);
    length += chunk.length;
  }
  expect(length).toBe(4 << 20);
});

test('a request that waits for a free connection is not lost', async () => {
  fake.play(async (request, response) => {
    if (request.url === '/slow') {
      for (let n = 0; n < 15; n += 1) {
        response.write('x');
        await sleep(100);
      }
    }
    response.end();
  });
  (http.defaults.httpAgent as Agent).maxSockets = 3;
  const slow = Array.from({ length: 3 }, async () => readAll(await open({ path: '/slow' })));
  await sleep(20);
  expect(await readAll(await open())).toBe(0);
  expect(await Promise.all(slow)).toEqual([15, 15, 15]);
  expect(proxy.accepted).toBe(3);
});

test.each([
  ['a stated length', { 'content-length': String(4 << 20) }],
  ['chunks', { 'transfer-encoding': 'chunked' }],
])('an answer with %s that is cut is no complete answer', async (_name, headers) => {
  fake.play((_request, response) => response.writeHead(200, headers).end(Buffer.alloc(4 << 20)));
  await proxy.set({ cutDownAfter: 1 << 20 });
  const answer = await open();
  await expect(readAll(answer)).rejects.toMatchObject({ name: 'ServerError', code: 'unreachable' });
});

test('an answer that is not HTTP, or damaged, is no success', async () => {
  const garbage = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  await expect(openRequest(garbage.http, { method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'foreign' });
  garbage.server.close();
  const chunks = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloZZZZ\r\n'));
  const answer = await openRequest(chunks.http, { method: 'GET', path: '/' });
  await expect(readAll(answer)).rejects.toBeInstanceOf(ServerError);
  chunks.server.close();
  const zipped = gzipSync(Buffer.alloc(10_000, 'hello'));
  zipped[20] = (zipped[20] as number) ^ 1;
  fake.play((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped));
  await expect(open().then(readAll)).rejects.toMatchObject({ code: 'foreign' });
});

test('the connection is closed without an answer', async () => {
  fake.play((request) => request.socket.end());
  await expect(open()).rejects.toMatchObject({ code: 'unreachable' });
  fake.play((request) => request.socket.resetAndDestroy());
  await expect(open(upload(1))).rejects.toMatchObject({ code: 'unreachable' });
});

test('an error that comes while the body is still being sent is told as that error', async () => {
  fake.play((_request, response) => answerJson(response, { error: { code: 'out_of_space', message: 'full' } }, 507));
  for (const patience of [0, 1, 20]) {
    let pulled = 0;
    const answer = await open(upload(256, () => (pulled += 1)));
    await sleep(patience);
    expect(answer.status).toBe(507);
    await expect(readJson(answer)).rejects.toMatchObject({ code: 'out_of_space', message: 'full' });
    expect(pulled).toBeLessThan(200);
  }
  await expect.poll(() => proxy.open, { timeout: 20_000 }).toBe(0);
});

/** On a thread of its own, so that it answers while ours does not look. */
const REFUSE_AND_CLOSE = `
  const { parentPort } = require('node:worker_threads');
  const body = JSON.stringify({ error: { code: 'too_large', message: 'too much' } });
  const head = 'HTTP/1.1 413 Payload Too Large\\r\\ncontent-type: application/json\\r\\ncontent-length: ' + body.length;
  require('node:net')
    .createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(head + '\\r\\nconnection: close\\r\\n\\r\\n' + body, () => socket.resetAndDestroy()));
    })
    .listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;

test('an error whose sender closes at once is told as that error, and not as a broken pipe', async () => {
  const refusing = new Worker(REFUSE_AND_CLOSE, { eval: true });
  const [port] = (await once(refusing, 'message')) as [number];
  const client = createHttp(`http://127.0.0.1:${port}`);
  // The answer and the end of the connection arrive between two writes, with no look at the socket between them.
  const sleepHard = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  for (let round = 0; round < 20; round += 1) {
    const answer = openRequest(client, { method: 'PUT', path: '/x', ...upload(64, sleepHard) });
    await expect(answer.then(readJson)).rejects.toMatchObject({ code: 'too_large' });
  }
  await refusing.terminate();
});

test('a source is closed when its upload ends early, and the connection with it', async () => {
  let closed = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* megabytes(256);
    } finally {
      closed += 1;
    }
  }
  const body = { stream: source(), length: 256 << 20, contentType: 'application/octet-stream' };
  fake.play((_request, response) => answerJson(response, {}, 400));
  await expect(open({ method: 'PUT', body }).then(readJson)).rejects.toMatchObject({ code: 'foreign' });
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => proxy.open, { timeout: 20_000 }).toBe(0);
});

test('a source that was never read is closed as well', async () => {
  let closed = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* megabytes(1);
    } finally {
      closed += 1;
    }
  }
  const body = { stream: source(), length: 1 << 20, contentType: 'application/octet-stream' };
  await expect(open({ method: 'PUT', body, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'unreachable' });
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(1);
});

test('a signal ends a request that waits, one that sends and one that reads', async () => {
  fake.play((request, response) => {
    if (request.method === 'GET' && request.url === '/read') response.writeHead(200).write('x');
  });
  const stop = new AbortController();
  const reading = await open({ path: '/read', signal: stop.signal, noProgressMs: 60_000 });
  const all = [
    open({ signal: stop.signal, noProgressMs: 60_000 }),
    open({ ...upload(256), signal: stop.signal, noProgressMs: 60_000 }),
    readAll(reading),
  ].map((request) => request.then(() => 'done').catch((error: unknown) => (error as ServerError).code));
  await sleep(100);
  stop.abort();
  expect(await Promise.all(all)).toEqual(['unreachable', 'unreachable', 'unreachable']);
  await expect(open({ signal: stop.signal })).rejects.toMatchObject({ code: 'unreachable' });
  await expect.poll(() => Object.keys((http.defaults.httpAgent as Agent).sockets), { timeout: 20_000 }).toEqual([]);
});

test('a reader that leaves early ends the request', async () => {
  fake.play((_request, response) => response.writeHead(200).end(Buffer.alloc(64 << 20)));
  for await (const chunk of (await open()).body) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  await expect.poll(() => proxy.open, { timeout: 20_000 }).toBe(0);
  (await open()).discard();
  await expect.poll(() => proxy.open, { timeout: 20_000 }).toBe(0);
});

test('connections are kept for the next request', async () => {
  fake.play((request, response) => request.resume().on('end', () => answerJson(response, {})));
  await readJson(await open());
  await readJson(await open(upload(1)));
  await readJson(await open());
  expect(proxy.accepted).toBe(1);
});

test('a kept connection that was closed meanwhile is no failure of the next request', async () => {
  let requests = 0;
  fake.play((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.resetAndDestroy();
    else answerJson(response, { requests });
  });
  expect(await readJson(await open())).toEqual({ requests: 1 });
  expect(await readJson(await open({ method: 'POST', body: { bytes: Buffer.from('{}'), contentType: 'application/json' } }))).toEqual({
    requests: 3,
  });
});

test('a reply that was lost is a failure, though the server did what it was asked to', async () => {
  let done = 0;
  fake.play((request, response) =>
    request.resume().on('end', () => {
      done += 1;
      answerJson(response, { done });
    }),
  );
  await proxy.set({ dropReplies: 1 });
  await expect(open()).rejects.toMatchObject({ code: 'unreachable' });
  expect(done).toBe(1);
  expect(await readJson(await open())).toEqual({ done: 2 });
});

test('a request in pieces of some bytes, and an answer in such, arrive whole', async () => {
  fake.play(async (_request, response, body) => answerJson(response, { length: (await body()).length }));
  await proxy.set({ pieceBytes: 7 });
  const body = { bytes: Buffer.alloc(20_000, 'x'), contentType: 'text/plain' };
  expect(await readJson(await open({ method: 'POST', body }))).toEqual({ length: 20_000 });
});

test('what a server says before its answer is progress', async () => {
  const slow = await rawServer((socket) => {
    socket.once('data', async () => {
      for (let n = 0; n < 6; n += 1) {
        socket.write('HTTP/1.1 102 Processing\r\n\r\n');
        await sleep(300);
      }
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
  });
  expect((await openRequest(slow.http, { method: 'GET', path: '/', noProgressMs: NO_PROGRESS })).status).toBe(200);
  slow.server.close();
});
