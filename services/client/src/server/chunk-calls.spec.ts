import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ContentHash,
  MAX_FRAME_BYTES,
  blobFetchRequestSchema,
  chunksRequestSchema,
  decodeBatchPreamble,
  encodeFrameHeader,
  readGrantsRequestSchema,
} from '@syncpair/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { createSyncServer } from './http-sync-server.ts';
import { createHttp } from './http.ts';
import type { SyncServer } from './sync-server.ts';

let fake: FakeHttpServer;
let server: SyncServer;

beforeEach(async () => {
  fake = await fakeHttpServer();
  const who = { clientId: 'alice', device: 'ab'.repeat(16), directory: 'team', shared: true, conflictCopies: true };
  server = createSyncServer({ http: createHttp(fake.url), ...who, noProgressMs: 20_000 });
});
afterEach(() => fake.close());

const hashOf = (text: string): ContentHash => createHash('sha256').update(text).digest('hex') as ContentHash;
const [one, two, three] = ['one', 'two', 'three'].map(hashOf) as [ContentHash, ContentHash, ContentHash];

/** A frame as it travels; null for a content that the server does not have. */
const frame = (hash: ContentHash, text: string | null): Buffer =>
  Buffer.concat([encodeFrameHeader(hash, text === null ? null : text.length), Buffer.from(text ?? '')]);

async function texts(hashes: readonly ContentHash[]): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for await (const { hash, bytes } of server.downloadInOrder(hashes)) {
    expect(hash).toBe(hashes[found.length]);
    found.push(bytes === null ? null : Buffer.from(bytes).toString());
  }
  return found;
}

/** Grants each content in a grant of its own, but for `three`; what is fetched answers `frames`. */
function playFetch(frames: (hashes: readonly ContentHash[]) => Buffer): z.output<typeof blobFetchRequestSchema>[] {
  const fetched: z.output<typeof blobFetchRequestSchema>[] = [];
  fake.play(async (request, response, body) => {
    const received = JSON.parse((await body()).toString()) as unknown;
    if (request.url === '/api/v1/grants') {
      const { hashes } = readGrantsRequestSchema.parse(received);
      return answerJson(response, {
        grants: hashes.filter((hash) => hash !== three).map((hash) => ({ hashes: [hash], grant: `g ${hash}` })),
      });
    }
    const asked = blobFetchRequestSchema.parse(received);
    fetched.push(asked);
    return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(frames(asked.hashes));
  });
  return fetched;
}

test('it is asked which chunks are needed, and shown receipts', async () => {
  const seen: unknown[] = [];
  const told = { needed: [one], grants: [{ hashes: [one], grant: 'w' }], readable: [{ hashes: [two], grant: 'r' }] };
  fake.play(async (_request, response, body) => {
    seen.push(chunksRequestSchema.parse(JSON.parse((await body()).toString())));
    answerJson(response, told);
  });
  expect(await server.askChunks([one, two], ['receipt'])).toEqual(told);
  expect(seen).toMatchObject([{ client_id: 'alice', directory: 'team', hashes: [one, two], receipts: ['receipt'] }]);
  expect(fake.requests).toEqual(['POST /api/v1/chunks']);
});

test.each([
  ['a server of an earlier version', (body: object) => body],
  ['a proxy', () => '<html>nothing here</html>'],
])('%s that answers 404 takes no chunks', async (_who, answer) => {
  fake.play((_request, response) => answerJson(response, answer({ error: { code: 'not_found', message: 'no such route' } }), 404));
  expect(await server.askChunks([one], [])).toBeNull();
});

test('any other failure to ask about chunks is told', async () => {
  fake.play((_request, response) => answerJson(response, { error: { code: 'unavailable', message: 'soon' } }, 503));
  await expect(server.askChunks([one], [])).rejects.toMatchObject({ code: 'unavailable' });
});

test('a manifest travels behind what proves that its chunks may be named', async () => {
  let seen: unknown;
  fake.play(async (request, response, body) => {
    const { grants, frames } = await decodeBatchPreamble(Readable.from([await body()]));
    const rest = Buffer.concat(await Readable.from(frames).toArray());
    seen = { grants, rest: rest.toString(), grant: request.headers['x-syncpair-grant'] };
    answerJson(response, { receipt: 'whole', stored: 1 }, 201);
  });
  expect(await server.putManifest('write', { hash: one, manifest: Buffer.from('the manifest') }, ['read', 'receipt'])).toBe('whole');
  expect(seen).toEqual({ grants: ['read', 'receipt'], rest: 'the manifest', grant: 'write' });
  expect(fake.requests).toEqual([`PUT /blobs/${one}/manifest`]);
});

test('the manifest of a content is asked for, and not had where it lies as one', async () => {
  fake.play(async (_request, response, body) => {
    const { hashes, manifests } = readGrantsRequestSchema.parse(JSON.parse((await body()).toString()));
    const told = manifests && hashes[0] === one ? [{ hash: one, manifest: Buffer.from([1, 2, 3]).toString('base64') }] : [];
    answerJson(response, { grants: [{ hashes, grant: 'g' }], ...(hashes[0] === two ? {} : { manifests: told }) });
  });
  expect([...((await server.readManifest(one)) ?? [])]).toEqual([1, 2, 3]);
  expect(await server.readManifest(two)).toBeNull();
});

test('contents come in the order in which they were asked for, without bytes where the server has none, or others', async () => {
  const bad = hashOf('bad');
  const fetched = playFetch((hashes) =>
    Buffer.concat(hashes.map((hash) => frame(hash, hash === one ? 'one' : hash === bad ? 'evil' : null))),
  );
  expect(await texts([bad, three, one, two])).toEqual([null, null, 'one', null]);
  expect(fetched.map(({ hashes }) => hashes)).toEqual([[bad], [bad], [one, two]]);
});

test('the server need not verify what is verified here, but where it turned out to be damaged', async () => {
  const fetched = playFetch((hashes) => {
    const isAgain = hashes.length === 1;
    return Buffer.concat(hashes.map((hash) => frame(hash, hash === one ? 'one' : isAgain ? 'two' : 'tvo')));
  });
  expect(await texts([one, two, one])).toEqual(['one', 'two', 'one']);
  expect(fetched.map(({ hashes, verified_by: by }) => [hashes, by])).toEqual([
    [[one, two, one], 'receiver'],
    [[two], undefined],
  ]);
});

test('no fetch names more grants than one takes', async () => {
  const hashes = Array.from({ length: 150 }, (_, index) => hashOf(String(index)));
  const fetched = playFetch((asked) => Buffer.concat(asked.map((hash) => frame(hash, String(hashes.indexOf(hash))))));
  expect(await texts(hashes)).toEqual(hashes.map((_, index) => String(index)));
  expect(fetched.map(({ grants }) => grants.length)).toEqual([64, 64, 22]);
});

test.each([
  ['is cut between contents', 'unreachable', () => frame(one, 'one')],
  ['is cut inside one', 'foreign', () => Buffer.concat([frame(one, 'one'), frame(two, 'two').subarray(0, 38)])],
  ['names others', 'foreign', () => frame(two, 'two')],
  ['has one that is too large', 'foreign', () => Buffer.concat([frame(one, 'one'), encodeFrameHeader(two, MAX_FRAME_BYTES + 1)])],
])('an answer that %s fails', async (_what, code, frames) => {
  playFetch(frames);
  await expect(texts([one, two])).rejects.toMatchObject({ code });
});

test('a reader that has enough ends the request', async () => {
  playFetch((hashes) => Buffer.concat(hashes.map((hash) => frame(hash, hash === one ? 'one' : 'two'))));
  const reading = server.downloadInOrder([one, two])[Symbol.asyncIterator]();
  expect((await reading.next()).done).toBe(false);
  await reading.return?.();
  await expect.poll(() => fake.connections(), { timeout: 20_000 }).toBe(0);
});
