import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { SyncEvent } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { createEventStream } from './http-event-stream.ts';
import { createHttp } from './http.ts';
import type { EventStream } from './sync-server.ts';

const HEAD = 'event: head\ndata: {"type":"head","directory":"team","epoch":"e1","seq":"4"}\n\n';

let fake: FakeHttpServer;
let stream: EventStream;
let events: SyncEvent[];
let connection: string[];
let warnings: string[];
/** Milliseconds of each pause that was asked for; they pass at once. */
let pauses: number[];
let now: number;
const passAtOnce: Clock['after'] = (ms, callback) => {
  pauses.push(ms);
  const timer = setTimeout(callback, 1);
  return () => clearTimeout(timer);
};
const clock: Clock = { wall: () => 0, monotonic: () => now, after: passAtOnce };

function createStream(silenceMs = 20_000): EventStream {
  return createEventStream({
    http: createHttp(fake.url),
    clientId: 'alice & co',
    device: 'ab'.repeat(16),
    directories: [
      { directory: 'team', shared: true },
      { directory: 'notes', shared: false },
    ],
    log: { ...silentLogger, warn: (message) => warnings.push(message) },
    clock,
    random: () => 0.5,
    silenceMs,
  });
}

beforeEach(async () => {
  clock.after = passAtOnce;
  [events, connection, warnings, pauses, now] = [[], [], [], [], 0];
  fake = await fakeHttpServer();
  stream = createStream();
});
afterEach(async () => {
  await stream.close();
  await fake.close();
});

const start = (): void =>
  stream.start({
    onEvent: (event) => events.push(event),
    onConnection: (up, reason) => connection.push(up ? 'up' : `down: ${reason}`),
  });

const begin = (response: ServerResponse, headers: Record<string, string> = {}): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });

/** The first connection is played so, later ones stay open and silent but for heartbeats. */
function playFirst(first: (response: ServerResponse) => void): void {
  let count = 0;
  fake.play((_request, response) => {
    count += 1;
    if (count === 1) return first(response);
    const beat = setInterval(() => response.write(': beat\n\n'), 50);
    response.on('close', () => clearInterval(beat));
    return begin(response).write(HEAD);
  });
}

test('it names itself and its directories, and reads events in whatever pieces they come', async () => {
  const commits = {
    type: 'commits',
    directory: 'team',
    epoch: 'e1',
    previous: '4',
    seq: '5',
    commits: [
      {
        seq: '5',
        author: 'bob',
        at: '2026-01-01T00:00:00Z',
        changes: [{ op: 'head', path: 'ü.txt', version: '5.0', state: { kind: 'dir' } }],
      },
    ],
    contents: {},
    conflicts: 0,
  };
  fake.play((_request, response) => {
    begin(response);
    const bytes = Buffer.from(`${HEAD}: beat\n\nevent: commits\ndata: ${JSON.stringify(commits)}\n\n`);
    for (const byte of bytes) response.write(Buffer.of(byte));
  });
  start();
  await expect.poll(() => events, { timeout: 20_000 }).toHaveLength(2);
  expect(events).toMatchObject([
    { type: 'head', directory: 'team', epoch: 'e1', seq: 4 },
    { type: 'commits', previous: 4, seq: 5, commits: [{ seq: 5, changes: [{ path: 'ü.txt' }] }] },
  ]);
  expect(connection).toEqual(['up']);
  expect(fake.requests).toEqual([
    `GET /events?client_id=alice+%26+co&device=${'ab'.repeat(16)}&directory=team&shared=true&directory=notes&shared=false`,
  ]);
});

test('a compressed stream is read as it comes', async () => {
  fake.play((_request, response) => begin(response, { 'content-encoding': 'gzip' }).end(gzipSync(HEAD)));
  start();
  await expect.poll(() => events.length, { timeout: 20_000 }).toBeGreaterThan(0);
});

test('events of a newer server are ignored', async () => {
  playFirst((response) => begin(response).end(`data: {"type":"presence","who":[1]}\n\nnewfield: x\n\n${HEAD}`));
  start();
  await expect.poll(() => events.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
  expect(events[0]).toMatchObject({ type: 'head' });
  expect(warnings).toEqual([]);
});

test.each([
  ['no JSON', 'data: hello\n\n'],
  ['no type', 'data: {"directory":"team"}\n\n'],
  ['null', 'data: null\n\n'],
  ['a head without seq', 'data: {"type":"head","directory":"team","epoch":"e1"}\n\n'],
  ['a number where a string belongs', 'data: {"type":"head","directory":"team","epoch":"e1","seq":4}\n\n'],
])('a bad event (%s) is a loss, told in the log', async (_name, text) => {
  playFirst((response) => void begin(response).write(`${text}${HEAD}`));
  start();
  await expect.poll(() => events, { timeout: 20_000 }).toHaveLength(1);
  expect(connection).toEqual(['up', expect.stringMatching(/^down: an event/), 'up']);
  expect(warnings).toHaveLength(1);
});

test('an event without end is bounded', async () => {
  playFirst((response) => {
    begin(response).write('data: ');
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  start();
  await expect.poll(() => events, { timeout: 20_000 }).toHaveLength(1);
  expect(connection[1]).toMatch(/^down: an event of more than/);
});

test('silence is a loss, and a heartbeat is no silence (R35)', async () => {
  stream = createStream(1_000);
  playFirst((response) => void begin(response).write(HEAD));
  start();
  await expect.poll(() => connection, { timeout: 20_000 }).toEqual(['up', 'down: nothing came or went for 1.0 s', 'up']);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(connection).toHaveLength(3);
});

test('a server that accepts and never answers is a loss', async () => {
  stream = createStream(500);
  playFirst(() => undefined);
  start();
  await expect.poll(() => connection, { timeout: 20_000 }).toEqual(['down: nothing came or went for 0.5 s', 'up']);
});

test('losses are followed by ever longer pauses, and never by giving up (R35)', async () => {
  fake.play((request) => request.socket.destroy());
  start();
  await expect.poll(() => pauses.length, { timeout: 20_000 }).toBeGreaterThan(8);
  expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 27_000, 27_000, 27_000]);
});

test('after a connection that lasted, the pauses begin anew; after short ones they do not', async () => {
  const lasted = [0, 0, 29_999, 30_000, 0];
  let count = 0;
  fake.play((_request, response) => {
    begin(response).write(HEAD);
    setTimeout(() => {
      now += lasted[count++] ?? 0;
      response.end();
    }, 20);
  });
  start();
  await expect.poll(() => pauses.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
  expect(pauses.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 1_000, 2_000]);
});

test('it waits as long as the server asks', async () => {
  playFirst((response) => answerJson(response, { error: { code: 'rate_limited', message: 'slowly' } }, 429, { 'retry-after': '7' }));
  start();
  await expect.poll(() => connection, { timeout: 20_000 }).toEqual(['down: slowly', 'up']);
  expect(pauses).toEqual([7_000]);
});

test('a redirect is not followed, and a page is no stream', async () => {
  const other = await fakeHttpServer();
  try {
    let count = 0;
    fake.play((_request, response) => {
      count += 1;
      if (count === 1) response.writeHead(301, { location: `${other.url}/events` }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    });
    start();
    await expect.poll(() => connection.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(connection[0]).toContain(`a redirect to ${other.url}`);
    expect(connection[1]).toContain('answered 200 in a form');
    expect(other.requests).toEqual([]);
  } finally {
    await other.close();
  }
});

test('it can be closed while it is connected', async () => {
  fake.play((_request, response) => begin(response).write(HEAD));
  start();
  await expect.poll(() => events, { timeout: 20_000 }).toHaveLength(1);
  await stream.close();
  await stream.close();
  await expect.poll(() => fake.connections(), { timeout: 20_000 }).toBe(0);
  expect(connection).toEqual(['up']);
});

test('it can be closed while it waits for its next try', async () => {
  fake.play((request) => {
    clock.after = () => () => undefined;
    request.socket.destroy();
  });
  start();
  await expect.poll(() => connection, { timeout: 20_000 }).toHaveLength(1);
  await stream.close();
  expect(fake.requests).toHaveLength(1);
});
