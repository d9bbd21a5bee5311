import { createHash } from 'node:crypto';
import { type ContentHash, encodeFrameHeader } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LimitedBandwidth } from '../bandwidth/limited-bandwidth.ts';
import { systemClock } from '../runtime/clock.ts';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { createSyncServer } from './http-sync-server.ts';
import { createHttp } from './http.ts';

const LIMIT = 20_000;
const BYTES = 50_000;
/** Shorter by far than what a transfer takes here. */
const NO_PROGRESS_MS = 1_000;

let fake: FakeHttpServer;
beforeEach(async () => {
  fake = await fakeHttpServer();
});
afterEach(() => fake.close());

const limitedServer = () =>
  createSyncServer({
    http: createHttp(fake.url),
    clientId: 'alice',
    device: 'ab'.repeat(16),
    directory: 'team',
    shared: true,
    conflictCopies: false,
    noProgressMs: NO_PROGRESS_MS,
    bandwidth: new LimitedBandwidth({ always: { upload: LIMIT, download: LIMIT }, timetable: [] }, systemClock),
  });

const CONTENT = Buffer.alloc(BYTES, 'x');
const HASH = createHash('sha256').update(CONTENT).digest('hex') as ContentHash;
/** Milliseconds of the limit, less what passes at once. */
const LEAST_MS = (BYTES / LIMIT - 0.25) * 1000;

async function* inOne(): AsyncGenerator<Uint8Array> {
  yield Promise.resolve(CONTENT);
}

test('a low limit is no lack of progress for who sends, whether a content goes alone or with others', async () => {
  const received: number[] = [];
  fake.play(async (_request, response, body) => {
    received.push((await body()).length);
    answerJson(response, { receipt: 'r', stored: 1 });
  });
  const begun = performance.now();
  await limitedServer().uploadOne('grant', HASH, BYTES, inOne());
  expect(performance.now() - begun).toBeGreaterThan(LEAST_MS);
  const again = performance.now();
  await limitedServer().uploadMany(['grant'], [{ hash: HASH, bytes: CONTENT }]);
  expect(performance.now() - again).toBeGreaterThan(LEAST_MS);
  expect(received[0]).toBe(BYTES);
  expect(received[1]).toBeGreaterThan(BYTES);
});

test('nor for who receives, however the contents are asked for', async () => {
  fake.play(async (request, response, body) => {
    await body();
    if (request.url === '/api/v1/grants') return answerJson(response, { grants: [{ hashes: [HASH], grant: 'g' }] });
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (request.method === 'POST') response.write(encodeFrameHeader(HASH, BYTES));
    response.end(CONTENT);
  });
  const ways = {
    one: async () => {
      let bytes = 0;
      for await (const piece of (await limitedServer().downloadOne(HASH, 0)) ?? []) bytes += piece.length;
      return bytes;
    },
    many: async () => (await limitedServer().downloadMany([HASH])).get(HASH)?.length,
    inOrder: async () => {
      for await (const { bytes } of limitedServer().downloadInOrder([HASH])) return bytes?.length;
      return 0;
    },
  };
  await Promise.all(
    Object.entries(ways).map(async ([name, way]) => {
      const begun = performance.now();
      expect(await way(), name).toBe(BYTES);
      expect(performance.now() - begun, name).toBeGreaterThan(LEAST_MS);
    }),
  );
});
