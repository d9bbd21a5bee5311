import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  type ContentHash,
  EMPTY_HASH,
  type RelativePath,
  decodeBatchPreamble,
  decodeFrames,
  encodeFrameHeader,
  negotiateRequestSchema,
} from '@syncpair/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { createSyncServer } from './http-sync-server.ts';
import { createHttp } from './http.ts';
import type { Negotiation, SyncServer } from './sync-server.ts';

const NOTHING: Negotiation = {
  epoch: 'e1',
  cursor: 7,
  mark: null,
  server: null,
  run: null,
  applied: 6,
  changes: [],
  receipts: [],
  announced: [],
  contents: new Map(),
  pull: true,
  joins: false,
};
const OK = { status: 'ok', epoch: 'e1', head: '7', outcomes: [], grants: [], commits: [], cursor: '7', more: false, conflicts: 0 };

let fake: FakeHttpServer;
let server: SyncServer;

beforeEach(async () => {
  fake = await fakeHttpServer();
  server = createSyncServer({
    http: createHttp(fake.url),
    clientId: 'alice',
    device: 'ab'.repeat(16),
    directory: 'team',
    shared: true,
    conflictCopies: true,
    noProgressMs: 20_000,
  });
});
afterEach(() => fake.close());

const hashOf = (bytes: Uint8Array | string): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;

async function* stream(...chunks: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function collect(bytes: AsyncIterable<Uint8Array> | null): Promise<string> {
  if (bytes === null) throw new Error('the content is missing');
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const octets = (response: ServerResponse, status: number, headers: Record<string, string> = {}): ServerResponse =>
  response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers });

/** Grants all contents and answers everything else with `then`. */
function withGrants(then: (response: ServerResponse, headers: Record<string, unknown>, body: Buffer) => unknown): void {
  fake.play(async (request, response, body) => {
    const received = await body();
    if (request.url === '/api/v1/grants') {
      const { hashes } = JSON.parse(received.toString()) as { hashes: string[] };
      answerJson(response, { grants: [{ hashes, grant: 'grant-1' }] });
    } else await then(response, request.headers, received);
  });
}

test('a negotiation says who asks, and carries changes, contents and receipts', async () => {
  const seen: unknown[] = [];
  fake.play(async (_request, response, body) => {
    seen.push(negotiateRequestSchema.parse(JSON.parse((await body()).toString())));
    answerJson(response, { ...OK, outcomes: [{ id: 'c1', status: 'committed', version: '8.0', conflict: null }] });
  });
  const hash = hashOf('hello');
  const entry = { kind: 'file', hash, size: 5, mtime: 1_700_000_000_123_456_789n, executable: false } as const;
  const change = { op: 'put', id: 'c1', path: 'a/b.txt' as RelativePath, base: null, entry } as const;
  const answer = await server.negotiate({
    ...NOTHING,
    changes: [change],
    receipts: ['r1'],
    announced: [{ hash: EMPTY_HASH, size: 7 }],
    contents: new Map([[hash, Buffer.from('hello')]]),
  });
  expect(answer).toMatchObject({ status: 'ok', head: 7, cursor: 7, outcomes: [{ id: 'c1', version: '8.0' }] });
  expect(seen).toEqual([
    {
      protocol: 1,
      client_id: 'alice',
      device: 'ab'.repeat(16),
      directory: 'team',
      shared: true,
      epoch: 'e1',
      cursor: 7,
      mark: null,
      server: null,
      applied: 6,
      changes: [change],
      receipts: ['r1'],
      announced: [{ hash: EMPTY_HASH, size: 7 }],
      contents: { [hash]: Buffer.from('hello').toString('base64') },
      pull: true,
      joins: false,
      conflict_copies: true,
      knows_holds: true,
    },
  ]);
});

test('outcomes of other changes than the proposed ones are refused', async () => {
  fake.play((_request, response) => answerJson(response, { ...OK, outcomes: [{ id: 'other', status: 'needs_content' }] }));
  await expect(server.negotiate(NOTHING)).rejects.toMatchObject({ name: 'ServerError', code: 'foreign' });
});

test('an answer that came compressed is read', async () => {
  fake.play((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(OK))),
  );
  expect(await server.negotiate(NOTHING)).toMatchObject({ status: 'ok' });
});

test('a snapshot comes in batches, the header first', async () => {
  const heads = Array.from({ length: 1_201 }, (_, n) => ({ path: `f${n}`, version: '3.0', state: { kind: 'dir' } }));
  fake.play((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write('{"epoch":"e1","seq":"3"}\n');
    response.end(`${heads.map((head) => JSON.stringify(head)).join('\n')}\n{"end":true,"heads":1201}\n`);
  });
  const snapshot = await server.snapshot();
  expect(snapshot).toMatchObject({ epoch: 'e1', seq: 3 });
  const sizes: number[] = [];
  for await (const batch of snapshot.heads) sizes.push(batch.length);
  expect(sizes).toEqual([500, 500, 201]);
});

test.each([
  ['without its end', '{"epoch":"e1","seq":"3"}\n{"path":"a","version":"3.0","state":{"kind":"dir"}}\n', 'unreachable'],
  ['inside a line', '{"epoch":"e1","seq":"3"}\n{"path":"a","ver', 'unreachable'],
  ['with another count', '{"epoch":"e1","seq":"3"}\n{"end":true,"heads":1}\n', 'foreign'],
  [
    'with a path outside',
    '{"epoch":"e1","seq":"3"}\n{"path":"../a","version":"3.0","state":{"kind":"dir"}}\n{"end":true,"heads":1}\n',
    'foreign',
  ],
  ['that goes on', '{"epoch":"e1","seq":"3"}\n{"end":true,"heads":0}\n{"end":true,"heads":0}\n', 'foreign'],
  ['with a line without end', `{"epoch":"e1","seq":"3"}\n${'x'.repeat(100_000)}`, 'foreign'],
])('a snapshot %s counts for nothing', async (_name, text, code) => {
  fake.play((_request, response) => response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(text));
  const snapshot = await server.snapshot();
  const all = async (): Promise<void> => {
    for await (const batch of snapshot.heads) expect(batch).toBeDefined();
  };
  await expect(all()).rejects.toMatchObject({ name: 'ServerError', code });
});

test.each([
  ['nothing', ''],
  ['a head first', '{"path":"a","version":"3.0","state":{"kind":"dir"}}\n'],
  ['no JSON', 'hello\n'],
])('a snapshot that begins with %s is refused', async (_name, text) => {
  fake.play((_request, response) => response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(text));
  await expect(server.snapshot()).rejects.toMatchObject({ name: 'ServerError' });
});

test('many small contents travel with their grants in one body', async () => {
  const seen: unknown[] = [];
  fake.play(async (request, response) => {
    const { grants, frames } = await decodeBatchPreamble(request);
    const contents: string[] = [];
    for await (const { hash, bytes } of decodeFrames(frames)) contents.push(`${hash} ${Buffer.from(bytes ?? []).toString()}`);
    seen.push(request.url, grants, contents);
    answerJson(response, { receipt: 'r1', stored: 2 }, 201);
  });
  const contents = [
    { hash: EMPTY_HASH, bytes: new Uint8Array() },
    { hash: hashOf('two'), bytes: Buffer.from('two') },
  ];
  expect(await server.uploadMany(['g1', 'g2'], contents)).toBe('r1');
  expect(seen).toEqual(['/blobs/batch', ['g1', 'g2'], [`${EMPTY_HASH} `, `${hashOf('two')} two`]]);
});

test('one content travels as it is, with its length and grant', async () => {
  const seen: unknown[] = [];
  fake.play(async (request, response, body) => {
    seen.push(request.url, request.headers['content-length'], request.headers['x-syncpair-grant'], (await body()).toString());
    answerJson(response, { receipt: 'r1', stored: 1 }, 201);
  });
  expect(await server.uploadOne('g1', hashOf('ab'), 2, stream('a', 'b'))).toBe('r1');
  expect(await server.uploadOne('g1', EMPTY_HASH, 0, stream())).toBe('r1');
  expect(seen).toEqual([`/blobs/${hashOf('ab')}`, '2', 'g1', 'ab', `/blobs/${EMPTY_HASH}`, '0', 'g1', '']);
});

test('a source that fails is told as it is, and one of another length as a mismatch', async () => {
  fake.play(async (_request, response, body) => {
    await body();
    answerJson(response, { receipt: 'r1', stored: 1 }, 201);
  });
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('the disk is gone');
  }
  await expect(server.uploadOne('g', hashOf('ab'), 2, failing())).rejects.toThrow('the disk is gone');
  await expect(server.uploadOne('g', hashOf('ab'), 2, stream('a'))).rejects.toMatchObject({ code: 'hash_mismatch' });
  await expect(server.uploadOne('g', hashOf('ab'), 2, stream('a', 'bc'))).rejects.toMatchObject({ code: 'hash_mismatch' });
  await expect.poll(() => fake.connections(), { timeout: 20_000 }).toBe(0);
});

test('many small contents are read by grant and verified', async () => {
  const [one, two, three] = ['one', 'two', 'three'].map(hashOf) as [ContentHash, ContentHash, ContentHash];
  withGrants((response, _headers, body) => {
    expect(JSON.parse(body.toString())).toEqual({ grants: ['grant-1'], hashes: [one, two, three] });
    octets(response, 200);
    response.write(Buffer.concat([encodeFrameHeader(one, 3), Buffer.from('on')]));
    response.end(Buffer.concat([Buffer.from('e'), encodeFrameHeader(two, null), encodeFrameHeader(three, 5), Buffer.from('three')]));
  });
  const found = await server.downloadMany([one, two, three, one]);
  expect([...found].map(([hash, bytes]) => [hash, Buffer.from(bytes).toString()])).toEqual([
    [one, 'one'],
    [three, 'three'],
  ]);
});

test('contents without a grant are left out, and nothing is fetched for them', async () => {
  fake.play((_request, response) => answerJson(response, { grants: [] }));
  expect(await server.downloadMany([hashOf('one')])).toEqual(new Map());
  expect(await server.downloadOne(hashOf('one'), 0)).toBeNull();
  expect(fake.requests).toEqual(['POST /api/v1/grants', 'POST /api/v1/grants']);
});

test('a content that arrives with a flipped bit is left out (R32)', async () => {
  const [one, two] = [hashOf('one'), hashOf('two')];
  withGrants((response, _headers, body) => {
    const { hashes } = JSON.parse(body.toString()) as { hashes: ContentHash[] };
    octets(response, 200).end(Buffer.concat(hashes.flatMap((hash) => [encodeFrameHeader(hash, 3), Buffer.from('two')])));
  });
  expect([...(await server.downloadMany([one, two])).keys()]).toEqual([two]);
  expect(await server.downloadMany([one])).toEqual(new Map());
});

const names = Array.from({ length: 100 }, (_, n) => `content ${n}`);
const nameOf = new Map(names.map((name) => [hashOf(name), name]));
const frame = (hash: ContentHash): Buffer[] => {
  const name = nameOf.get(hash) ?? '';
  return [Buffer.from(encodeFrameHeader(hash, name.length)), Buffer.from(name)];
};

test.each([
  ['cut before it', (response: ServerResponse) => void setTimeout(() => response.destroy(), 5)],
  ['cut inside it', (response: ServerResponse, hash: ContentHash) => void response.end(Buffer.from(encodeFrameHeader(hash, 100)))],
  ['garbage', (response: ServerResponse) => void response.end(Buffer.alloc(1_000, 0xee))],
  ['of another content', (response: ServerResponse) => void response.end(Buffer.concat(frame(hashOf('content 1'))))],
])('contents at which the answer breaks off (%s) hold up none of the others', async (_name, breakOff) => {
  const broken = new Set([0, 50, 99].map((n) => hashOf(`content ${n}`)));
  withGrants((response, _headers, body) => {
    const { hashes } = JSON.parse(body.toString()) as { hashes: ContentHash[] };
    octets(response, 200).flushHeaders();
    const at = hashes.findIndex((hash) => broken.has(hash));
    const good = Buffer.concat((at < 0 ? hashes : hashes.slice(0, at)).flatMap(frame));
    if (at < 0) return response.end(good);
    response.write(good);
    breakOff(response, hashes[at] as ContentHash);
  });
  const found = await server.downloadMany([...nameOf.keys()]);
  expect(found.size).toBe(97);
  expect([...broken].filter((hash) => found.has(hash))).toEqual([]);
});

test('contents that the server cannot read hold up none of the others (R36)', async () => {
  const broken = hashOf('content 42');
  withGrants((response, _headers, body) => {
    const { hashes } = JSON.parse(body.toString()) as { hashes: ContentHash[] };
    if (hashes.includes(broken)) answerJson(response, { error: { code: 'internal', message: 'see the log' } }, 500);
    else octets(response, 200).end(Buffer.concat(hashes.flatMap(frame)));
  });
  expect((await server.downloadMany([...nameOf.keys()])).size).toBe(99);
  expect(await server.downloadMany([broken])).toEqual(new Map());
});

test.each([1, 2, 30_000])('a server that breaks off every answer is a failure soon (%d contents)', async (count) => {
  withGrants((response) => {
    octets(response, 200).flushHeaders();
    setTimeout(() => response.destroy(), 5);
  });
  const hashes = Array.from({ length: count }, (_, n) => hashOf(String(n)));
  await expect(server.downloadMany(hashes)).rejects.toMatchObject({ code: 'unreachable' });
  expect(fake.requests.length).toBeLessThan(50);
});

test.each([
  ['out of reach', (response: ServerResponse) => void response.socket?.destroy(), 'unreachable'],
  [
    'not ready',
    (response: ServerResponse) => answerJson(response, { error: { code: 'unavailable', message: 'later' } }, 503),
    'unavailable',
  ],
  ['not SyncPair', (response: ServerResponse) => void response.writeHead(500).end('<html>'), 'foreign'],
  ['a page', (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), 'foreign'],
])('a content service that is %s is a failure', async (_name, answer, code) => {
  withGrants((response) => answer(response));
  await expect(server.downloadMany([hashOf('one'), hashOf('two')])).rejects.toMatchObject({ name: 'ServerError', code });
});

test('a download goes on where it was cut', async () => {
  withGrants((response, headers) => {
    expect(headers).toMatchObject({ range: 'bytes=4-', 'x-syncpair-grant': 'grant-1', 'accept-encoding': 'identity' });
    octets(response, 206, { 'content-range': 'bytes 4-9/10' }).end('456789');
  });
  expect(await collect(await server.downloadOne(hashOf('x'), 4))).toBe('456789');
});

test('a server that sends all whatever is asked is read from where it matters', async () => {
  withGrants((response) => {
    octets(response, 200).write('012');
    setTimeout(() => response.end('3456789'), 20);
  });
  expect(await collect(await server.downloadOne(hashOf('x'), 0))).toBe('0123456789');
  expect(await collect(await server.downloadOne(hashOf('x'), 4))).toBe('456789');
  expect(await collect(await server.downloadOne(hashOf('x'), 11))).toBe('');
});

test('nothing is left to download of a content that is here in full', async () => {
  withGrants((response) => answerJson(response, { error: { code: 'range_not_satisfiable', message: 'beyond' } }, 416));
  expect(await collect(await server.downloadOne(hashOf('x'), 10))).toBe('');
  withGrants((response) => response.writeHead(416, { 'content-range': 'bytes */10' }).end());
  await expect(server.downloadOne(hashOf('x'), 10)).rejects.toMatchObject({ code: 'foreign' });
});

test.each([['bytes 0-9/10'], ['bytes 4-8/10'], ['bytes */10'], ['']])('a part other than the asked one (%s) is refused', async (range) => {
  withGrants((response) => octets(response, 206, range === '' ? {} : { 'content-range': range }).end('456789'));
  await expect(server.downloadOne(hashOf('x'), 4)).rejects.toMatchObject({ code: 'foreign' });
});

test('a content is missing when SyncPair says so, and not when a proxy does', async () => {
  withGrants((response) => answerJson(response, { error: { code: 'not_found', message: 'no such content' } }, 404));
  expect(await server.downloadOne(hashOf('x'), 0)).toBeNull();
  withGrants((response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'));
  await expect(server.downloadOne(hashOf('x'), 0)).rejects.toMatchObject({ code: 'foreign' });
});
