import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  BLOB_ROUTES,
  type ContentHash,
  EMPTY_HASH,
  type ErrorBody,
  GRANT_HEADER,
  type GrantClaims,
  MAX_FRAME_BYTES,
  type ReceiptClaims,
  type SigningKey,
  decodeFrames,
  encodeBatchPreamble,
  encodeFrameHeader,
  generateSigningKeyPem,
  publicKeyOf,
  publicKeysSchema,
  readSigningKey,
  receiptClaimsSchema,
  signClaims,
  verifyClaims,
} from '@syncpair/contracts';
import { compareRoutes, createServiceApp } from '@syncpair/service-http';
import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobModule } from '../blob.module.ts';
import { hashOf, small } from '../blobs/blob-store.conformance.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { knownGrantKeys } from '../grants/grant-keys.ts';

const MAX_BLOB_BYTES = 20_000_000;
const BYTES = { 'content-type': 'application/octet-stream' };

describe('the blob service over HTTP', () => {
  const signer = readSigningKey(generateSigningKeyPem());
  let folder: string;
  let store: BlobStore;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blob-http-'));
    store = await openDiskBlobStore(folder);
    const grantKeys = knownGrantKeys([publicKeyOf(signer.privateKey)]);
    const module = BlobModule.register({ store, grantKeys, maxBlobBytes: MAX_BLOB_BYTES, alone: true });
    app = await createServiceApp(module, { name: 'blob', logLevel: 'error', quiet: true });
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const grant = (use: GrantClaims['use'], hashes: readonly string[], change: Partial<GrantClaims> = {}, key: SigningKey = signer): string =>
    signClaims(key, { use, who: 'alice', contents: hashes.map((hash) => ({ hash })), expires: Date.now() + 60_000, ...change });
  const put = (
    hash: string,
    body: Uint8Array,
    headers: Record<string, string> = { [GRANT_HEADER]: grant('write', [hash]) },
  ): Promise<Response> => fetch(`${url}/blobs/${hash}`, { method: 'PUT', body, headers: { ...BYTES, ...headers } });
  const get = (hash: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${url}/blobs/${hash}`, { method, headers: { [GRANT_HEADER]: grant('read', [hash]), ...headers } });
  const batch = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/blobs/batch`, { method: 'POST', body, headers: { ...BYTES, ...headers } });
  const failure = async (answer: Response): Promise<[number, string]> => [answer.status, ((await answer.json()) as ErrorBody).error.code];
  const claimsOf = async (answer: Response): Promise<ReceiptClaims> => {
    const { keys } = publicKeysSchema.parse(await (await fetch(`${url}/blobs/keys`)).json());
    const { receipt } = (await answer.json()) as { receipt: string };
    const verified = verifyClaims(createPublicKey(keys[0]?.pem as string), receipt);
    if (!verified.ok) throw new Error(verified.reason);
    return receiptClaimsSchema.parse(verified.value);
  };
  const stored = async (): Promise<string[]> => {
    const hashes: string[] = [];
    for await (const { hash } of store.list()) hashes.push(hash);
    return hashes.sort();
  };

  it('stores a content, answers with a receipt that its key verifies, and gives it back', async () => {
    const bytes = randomBytes(5_000_000);
    const answer = await put(hashOf(bytes), bytes);
    expect(answer.status).toBe(201);
    const claims = await claimsOf(answer);
    expect(claims).toMatchObject({ who: 'alice', contents: [{ hash: hashOf(bytes), size: bytes.length }] });
    expect(Math.abs(Date.now() - claims.at)).toBeLessThan(60_000);

    const read = await get(hashOf(bytes));
    expect(read.headers.get('etag')).toBe(`"${hashOf(bytes)}"`);
    expect(read.headers.get('content-length')).toBe('5000000');
    expect(read.headers.get('content-encoding')).toBe(null);
    expect(hashOf(new Uint8Array(await read.arrayBuffer()))).toBe(hashOf(bytes));
    expect((await put(hashOf(bytes), bytes)).status).toBe(201);
  });

  it('answers HEAD, ranges, and conditions', async () => {
    const bytes = randomBytes(1000);
    const hash = hashOf(bytes);
    await put(hash, bytes);
    const head = await get(hash, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([200, '1000', 'bytes']);
    const part = await get(hash, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, 'bytes 10-19/1000', '10']);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    expect((await get(hash, { range: 'bytes=10-19', 'if-range': '"other"' })).status).toBe(200);
    expect((await get(hash, { range: 'bytes=10-19', 'if-range': `"${hash}"` })).status).toBe(206);
    expect(await failure(await get(hash, { range: 'bytes=1000-' }))).toEqual([416, 'range_not_satisfiable']);
    expect((await get(hash, { 'if-none-match': `"${hash}"` })).status).toBe(304);
  });

  it('stores and gives the empty content', async () => {
    expect((await put(EMPTY_HASH, new Uint8Array(0))).status).toBe(201);
    const read = await get(EMPTY_HASH);
    expect([read.status, read.headers.get('content-length'), await read.text()]).toEqual([200, '0', '']);
    expect((await get(EMPTY_HASH, {}, 'HEAD')).headers.get('content-length')).toBe('0');
  });

  it('answers 404 for a content that was never stored', async () => {
    const hash = hashOf(Buffer.from('never'));
    expect(await failure(await get(hash))).toEqual([404, 'not_found']);
    expect((await get(hash, {}, 'HEAD')).status).toBe(404);
  });

  it('I12: does nothing without a grant for this use, content and time (R34)', async () => {
    const { hash, bytes } = small('granted');
    const other = readSigningKey(generateSigningKeyPem());
    const [body, claims] = grant('write', [hash]).split('.').slice(1) as [string, string];
    const wrong: readonly [number, string | null][] = [
      [401, null],
      [403, 'nonsense'],
      [403, 'a.b.c'],
      [403, grant('write', [hash], {}, other)],
      [403, `${other.id}.${body}.${claims}`],
      [403, grant('write', [hash]).slice(0, -4)],
      [403, grant('write', [hash], { expires: Date.now() - 120_000 })],
      [403, grant('write', [EMPTY_HASH])],
      [403, grant('read', [hash])],
      [403, signClaims(signer, { use: 'write' })],
    ];
    for (const [status, token] of wrong) {
      expect((await put(hash, bytes, token === null ? {} : { [GRANT_HEADER]: token })).status).toBe(status);
      const frames = Buffer.concat([encodeBatchPreamble(token === null ? [] : [token]), encodeFrameHeader(hash, bytes.length), bytes]);
      expect((await batch(frames)).status).toBe(status);
    }
    expect(await stored()).not.toContain(hash);
    await put(hash, bytes);
    for (const token of ['nonsense', grant('write', [hash]), grant('read', [EMPTY_HASH]), grant('read', [hash], { expires: 0 })]) {
      for (const method of ['GET', 'HEAD']) expect((await get(hash, { [GRANT_HEADER]: token }, method)).status).toBe(403);
      const answer = await fetch(`${url}/blobs/fetch`, {
        method: 'POST',
        body: JSON.stringify({ grants: [token], hashes: [hash] }),
        headers: { 'content-type': 'application/json' },
      });
      expect(await failure(answer)).toEqual([403, 'forbidden']);
    }
    const told = JSON.stringify(await (await get(hash, { [GRANT_HEADER]: 'secret-token' })).json());
    expect(told).not.toContain('secret-token');
  });

  it('refuses wrong bytes and wrong names, stores nothing, and takes the right bytes afterwards (R32) [SEC-01]', async () => {
    const { hash, bytes } = small('right');
    const before = await stored();
    expect(await failure(await put(hash, Buffer.from('wrong')))).toEqual([422, 'hash_mismatch']);
    for (const name of [
      hash.toUpperCase(),
      hash.slice(1),
      `${hash}0`,
      `..%2f${hash}`,
      `sha1:${hash.slice(0, 40)}`,
      '%00',
      'batch',
      'é',
      `${hash}%2f..`,
    ]) {
      const answer = await put(encodeURI(name).replaceAll('%25', '%'), bytes, { [GRANT_HEADER]: grant('write', [hash]) });
      expect(await failure(answer)).toEqual([400, 'invalid_request']);
    }
    expect(await stored()).toEqual(before);
    expect((await put(hash, bytes)).status).toBe(201);
  });

  it('answers any other path or method with an error body, and stores nothing (R30) [SEC-02]', async () => {
    const before = await stored();
    const { hash, bytes } = small('fuzz');
    const paths = [
      '/blobs',
      '/blobs/',
      `/blobs/${hash}/`,
      `//blobs/${hash}`,
      `/blobs//${hash}`,
      `/blobs/x/../${hash}x`,
      `/BLOBS/${hash}`,
      '/blobs/a/b',
      '/blobs/../own/store-id',
      '/blobs/..%2fown%2fstore-id',
      `/blobs/${'a'.repeat(8000)}`,
      '/blobs/%',
      '/blobs/;a',
      `/blobs/${hash};a`,
    ];
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const { status, body } = await raw(method, path, { ...BYTES, [GRANT_HEADER]: grant('write', [hash]) }, bytes);
        expect({ path, method, status }).toEqual({ path, method, status: expect.toSatisfy((code: number) => code >= 400 && code < 500) });
        expect(JSON.parse(body)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
      }
    }
    for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await raw(method, `/blobs/${hash}`, BYTES, bytes)).status).toBe(404);
    expect((await put(hash, bytes, { [GRANT_HEADER]: grant('write', [hash]), 'content-type': 'text/plain' })).status).toBe(400);
    expect((await put(hash, bytes, { [GRANT_HEADER]: grant('write', [hash]), 'content-encoding': 'gzip' })).status).toBe(400);
    expect(await stored()).toEqual(before);
  });

  it('cuts a content at the limit, declared or not [SEC-13]', async () => {
    const hash = hashOf(Buffer.from('huge'));
    const headers = { ...BYTES, [GRANT_HEADER]: grant('write', [hash]) };
    const declared = await raw(
      'PUT',
      `/blobs/${hash}`,
      { ...headers, 'content-length': String(MAX_BLOB_BYTES + 1) },
      Buffer.alloc(10),
      false,
    );
    expect([declared.status, JSON.parse(declared.body).error.code]).toEqual([413, 'too_large']);
    const streamed = await raw(
      'PUT',
      `/blobs/${hash}`,
      { ...headers, 'transfer-encoding': 'chunked' },
      Buffer.alloc(MAX_BLOB_BYTES + 1),
      false,
    );
    expect([streamed.status, JSON.parse(streamed.body).error.code]).toEqual([413, 'too_large']);
    expect(await stored()).not.toContain(hash);
  });

  it('forgets an upload whose sender goes away [SEC-13]', async () => {
    const bytes = randomBytes(2_000_000);
    const upload = send('PUT', `/blobs/${hashOf(bytes)}`, {
      ...BYTES,
      [GRANT_HEADER]: grant('write', [hashOf(bytes)]),
      'content-length': '2000000',
    });
    upload.on('error', () => undefined);
    upload.write(bytes.subarray(0, 1_000_000));
    await sleep(100);
    upload.destroy();
    await sleep(100);
    expect(await stored()).not.toContain(hashOf(bytes));
    expect((await put(hashOf(bytes), bytes)).status).toBe(201);
  });

  describe('many at once', () => {
    const blobs = Array.from({ length: 1000 }, (_, index) => small(`small ${index}`));
    const hashes = blobs.map(({ hash }) => hash);
    const framesOf = (of: readonly { hash: ContentHash; bytes: Uint8Array }[]): Buffer =>
      Buffer.concat(of.flatMap(({ hash, bytes }) => [encodeFrameHeader(hash, bytes.length), bytes]));
    const fetchMany = (grants: string[], asked: string[]): Promise<Response> =>
      fetch(`${url}/blobs/fetch`, {
        method: 'POST',
        body: JSON.stringify({ grants, hashes: asked }),
        headers: { 'content-type': 'application/json' },
      });

    it('stores a thousand contents under one receipt, their grants in the body, and gives them back in any order', async () => {
      const answer = await batch(
        Buffer.concat([encodeBatchPreamble([grant('write', hashes.slice(0, 600)), grant('write', hashes.slice(600))]), framesOf(blobs)]),
      );
      expect(answer.status).toBe(201);
      const { contents } = await claimsOf(answer);
      expect(contents.map(({ hash }) => hash)).toEqual(hashes);

      const asked = [...hashes.slice(500), EMPTY_HASH, ...hashes.slice(0, 499)];
      const locations = new Map(contents.map(({ hash, location }) => [hash, location]));
      const token = signClaims(signer, {
        use: 'read',
        who: 'bob',
        contents: asked.map((hash) => ({ hash, location: locations.get(hash as ContentHash) })),
        expires: Date.now() + 60_000,
      });
      const read = await fetchMany([token], asked);
      expect(read.headers.get('content-type')).toBe('application/octet-stream');
      const got = new Map<string, number>();
      for await (const frame of decodeFrames(read.body as unknown as AsyncIterable<Uint8Array>)) {
        got.set(frame.hash, frame.bytes?.length ?? -1);
        if (frame.bytes !== null) expect(hashOf(frame.bytes)).toBe(frame.hash);
      }
      expect([...got.keys()]).toEqual(asked);
    });

    it('marks what is missing or too large for a frame', async () => {
      const large = randomBytes(MAX_FRAME_BYTES + 1);
      await put(hashOf(large), large);
      await batch(Buffer.concat([encodeBatchPreamble([grant('write', hashes)]), framesOf(blobs.slice(0, 2))]));
      const asked = [hashes[0] as string, hashOf(large), hashOf(Buffer.from('nowhere')), hashes[1] as string];
      const read = await fetchMany([grant('read', asked)], asked);
      const lengths: (number | null)[] = [];
      for await (const { bytes } of decodeFrames(read.body as unknown as AsyncIterable<Uint8Array>)) lengths.push(bytes?.length ?? null);
      expect(lengths).toEqual([7, null, null, 7]);
    });

    it('takes the grant in the header too', async () => {
      const [one] = blobs;
      const body = Buffer.concat([encodeBatchPreamble([]), framesOf(blobs.slice(0, 1))]);
      expect((await batch(body, { [GRANT_HEADER]: grant('write', [one?.hash as string]) })).status).toBe(201);
    });

    it('acknowledges nothing of a batch that is cut, wrong, ungranted, or too much (R32)', async () => {
      const fresh = Array.from({ length: 5 }, (_, index) => small(`fresh ${index}`));
      const preamble = encodeBatchPreamble([
        grant(
          'write',
          fresh.map(({ hash }) => hash),
        ),
      ]);
      const whole = Buffer.concat([preamble, framesOf(fresh)]);
      const [first] = fresh as [(typeof fresh)[0]];
      const bad: readonly [Uint8Array, number][] = [
        [Buffer.alloc(0), 400],
        [whole.subarray(0, 2), 400],
        [whole.subarray(0, preamble.length - 3), 400],
        [whole.subarray(0, -1), 400],
        [Buffer.concat([preamble, encodeFrameHeader(first.hash, MAX_FRAME_BYTES + 1)]), 400],
        [Buffer.concat([preamble, encodeFrameHeader(first.hash, null)]), 400],
        [Buffer.concat([preamble, encodeFrameHeader(first.hash, 3), Buffer.from('abc')]), 422],
        [Buffer.concat([preamble, framesOf([...fresh, small('ungranted')])]), 403],
        [Buffer.concat([preamble, framesOf(Array.from({ length: 1001 }, () => first))]), 413],
        [Buffer.from([0xff, 0xff, 0xff, 0xff, 1]), 400],
      ];
      for (const [body, status] of bad) expect((await batch(body)).status).toBe(status);
      expect((await batch(whole)).status).toBe(201);
    });

    it('needs the fetch request to be well formed', async () => {
      for (const body of ['', '{}', '{"grants":[],"hashes":[]}', '[]', `{"grants":["x"],"hashes":["${'A'.repeat(64)}"]}`]) {
        const answer = await fetch(`${url}/blobs/fetch`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
        expect(await failure(answer)).toEqual([400, 'invalid_request']);
      }
    });
  });

  it('tells its health', async () => {
    for (const path of ['/blobs/health', '/health']) {
      const answer = await fetch(url + path);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', store: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    }
  });

  it('documents every route', () => {
    const health = BLOB_ROUTES.find(({ path }) => path === '/blobs/health') as (typeof BLOB_ROUTES)[0];
    expect(compareRoutes(app, [...BLOB_ROUTES, { ...health, path: '/health' }])).toEqual({ undocumented: [], unregistered: [] });
  });

  function send(method: string, path: string, headers: Record<string, string>): ClientRequest {
    const { hostname, port } = new URL(url);
    return httpRequest({ method, hostname, port, path, headers });
  }

  /** A request with its path as it is; `end` false leaves the body open. */
  function raw(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array,
    end = true,
  ): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const framing = headers['transfer-encoding'] === undefined ? { 'content-length': String(body.length) } : {};
      const request = send(method, path, { ...framing, ...headers });
      request.on('error', reject).on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          request.destroy();
          resolve({ status: answer.statusCode as number, body: text });
        });
      });
      request.write(body);
      if (end) request.end();
    });
  }
});
