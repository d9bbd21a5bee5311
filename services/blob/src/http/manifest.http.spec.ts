import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type Chunk,
  type ContentHash,
  type ErrorBody,
  GRANT_HEADER,
  type GrantClaims,
  RECEIPT_LIFETIME_MS,
  type ReceiptClaims,
  blobManifestPath,
  decodeFrames,
  encodeBatchPreamble,
  encodeFrameHeader,
  encodeManifest,
  generateSigningKeyPem,
  parseManifestLocation,
  publicKeyOf,
  publicKeysSchema,
  readSigningKey,
  receiptClaimsSchema,
  signClaims,
  verifyClaims,
} from '@syncpair/contracts';
import { createServiceApp } from '@syncpair/service-http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlobModule } from '../blob.module.ts';
import { hashOf } from '../blobs/blob-store.conformance.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { knownGrantKeys } from '../grants/grant-keys.ts';
import { whileTold } from './while-told.ts';

const MAX_BLOB_BYTES = 20_000_000;
const BYTES = { 'content-type': 'application/octet-stream' };

describe('contents put together over HTTP', () => {
  const signer = readSigningKey(generateSigningKeyPem());
  let folder: string;
  let store: BlobStore;
  let app: NestFastifyApplication;
  let url: string;
  let clock = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blob-manifest-http-'));
    store = await openDiskBlobStore(folder);
    const grantKeys = knownGrantKeys([publicKeyOf(signer.privateKey)]);
    const module = BlobModule.register({ store, grantKeys, maxBlobBytes: MAX_BLOB_BYTES, now: () => Date.now() + clock });
    app = await createServiceApp(module, { name: 'blob', logLevel: 'error', quiet: true });
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const grant = (use: GrantClaims['use'], hashes: readonly string[], change: Partial<GrantClaims> = {}): string =>
    signClaims(signer, { use, who: 'alice', contents: hashes.map((hash) => ({ hash })), expires: Date.now() + 60_000, ...change });
  const claimsOf = async (receipt: string): Promise<ReceiptClaims> => {
    const { keys } = publicKeysSchema.parse(await (await fetch(`${url}/blobs/keys`)).json());
    const verified = verifyClaims(createPublicKey(keys[0]?.pem as string), receipt);
    return receiptClaimsSchema.parse(verified.ok ? verified.value : null);
  };
  const failure = async (answer: Response): Promise<[number, string]> => [answer.status, ((await answer.json()) as ErrorBody).error.code];

  /** Uploads chunks and gives their receipt. */
  const upload = async (parts: readonly Uint8Array[], who = 'alice'): Promise<string> => {
    const frames = parts.flatMap((bytes) => [encodeFrameHeader(hashOf(bytes), bytes.length), bytes]);
    const hashes = parts.map(hashOf);
    const body = Buffer.concat([encodeBatchPreamble([grant('write', hashes, { who })]), ...frames]);
    const answer = await fetch(`${url}/blobs/batch`, { method: 'POST', body, headers: BYTES });
    return ((await answer.json()) as { receipt: string }).receipt;
  };
  const chunksOf = (parts: readonly Uint8Array[]): Chunk[] => parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length }));
  const putManifest = (hash: ContentHash, tokens: readonly string[], manifest: Uint8Array, write = grant('write', [hash])) =>
    fetch(`${url}${blobManifestPath(hash)}`, {
      method: 'PUT',
      body: Buffer.concat([encodeBatchPreamble(tokens), manifest]),
      headers: { ...BYTES, [GRANT_HEADER]: write },
    });
  const someParts = (): Buffer[] => [...Array.from({ length: 20 }, () => randomBytes(100_000)), randomBytes(77)];

  it('proves the whole, and answers with a receipt whose location names the manifest', async () => {
    const parts = someParts();
    const whole = Buffer.concat(parts);
    const receipt = await upload(parts);
    const manifest = encodeManifest(chunksOf(parts));
    const answer = await putManifest(hashOf(whole), [receipt], manifest);
    expect(answer.status).toBe(201);
    const body = (await answer.json()) as { receipt: string; stored: number };
    expect(body.stored).toBe(1);
    const claims = await claimsOf(body.receipt);
    expect(claims).toMatchObject({ who: 'alice', contents: [{ hash: hashOf(whole), size: whole.length }] });
    const location = claims.contents[0]?.location as string;
    const named = parseManifestLocation(location);
    expect(named?.manifest).toBe(hashOf(manifest));
    expect(location.length).toBeLessThanOrEqual(200);

    const read = (headers: Record<string, string>, method = 'GET') =>
      fetch(`${url}/blobs/${hashOf(whole)}`, {
        method,
        headers: { [GRANT_HEADER]: grant('read', [], { contents: [{ hash: hashOf(whole), location }] }), ...headers },
      });
    const all = await read({});
    expect([all.status, all.headers.get('content-length'), all.headers.get('etag')]).toEqual([
      200,
      String(whole.length),
      `"${hashOf(whole)}"`,
    ]);
    expect(hashOf(new Uint8Array(await all.arrayBuffer()))).toBe(hashOf(whole));
    const part = await read({ range: 'bytes=99990-300009' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 99990-300009/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(99_990, 300_010))).toBe(true);
    expect((await read({}, 'HEAD')).headers.get('content-length')).toBe(String(whole.length));
    expect(await failure(await read({ range: `bytes=${whole.length}-` }))).toEqual([416, 'range_not_satisfiable']);
  });

  it('takes read grants and receipts together, each with what it covers', async () => {
    const parts = someParts();
    const receipt = await upload(parts.slice(0, 7));
    await upload(parts.slice(7));
    const hashes = parts.slice(7).map(hashOf);
    const grants = [grant('read', hashes.slice(0, 5)), grant('read', hashes.slice(5))];
    const answer = await putManifest(hashOf(Buffer.concat(parts)), [receipt, ...grants], encodeManifest(chunksOf(parts)));
    expect(answer.status).toBe(201);
  });

  it('takes leave to read a content of chunks as leave to use them', async () => {
    const parts = someParts();
    const before = hashOf(Buffer.concat(parts));
    const put = await putManifest(before, [await upload(parts)], encodeManifest(chunksOf(parts)));
    const [stored] = (await claimsOf(((await put.json()) as { receipt: string }).receipt)).contents;
    const whole = grant('read', [], { contents: [{ hash: before, location: stored?.location as string }] });

    const edited = [randomBytes(90_000), ...parts.slice(1)];
    const after = hashOf(Buffer.concat(edited));
    const receipt = await upload(edited.slice(0, 1));
    const manifest = encodeManifest(chunksOf(edited));
    expect(await failure(await putManifest(after, [receipt], manifest))).toEqual([403, 'forbidden']);
    expect(await failure(await putManifest(after, [receipt, grant('read', [before])], manifest))).toEqual([403, 'forbidden']);
    expect(await failure(await putManifest(after, [whole], manifest))).toEqual([403, 'forbidden']);
    expect((await putManifest(after, [receipt, whole], manifest)).status).toBe(201);
  });

  it('I12: makes nothing of chunks that the principal has not shown to have (R34)', async () => {
    const parts = someParts();
    const hash = hashOf(Buffer.concat(parts));
    const manifest = encodeManifest(chunksOf(parts));
    const all = parts.map(hashOf);
    const receipt = await upload(parts);
    const wrong: readonly (readonly string[])[] = [
      [],
      [grant('read', all.slice(1))],
      [grant('write', all)],
      [grant('read', all, { who: 'bob' })],
      [grant('read', all, { expires: Date.now() - 600_000 })],
      [await upload(parts, 'bob')],
      [receipt.slice(0, -4)],
      [receipt, 'nonsense'],
    ];
    for (const tokens of wrong) expect(await failure(await putManifest(hash, tokens, manifest))).toEqual([403, 'forbidden']);
    for (const write of ['', grant('read', [hash]), grant('write', all), grant('write', [hash], { who: 'bob' })])
      expect((await putManifest(hash, [receipt], manifest, write)).status).toBe(write === '' ? 401 : 403);
    expect((await putManifest(hash, [receipt], manifest)).status).toBe(201);
  });

  it('takes no receipt that is too old to be trusted', async () => {
    const parts = someParts();
    const receipt = await upload(parts);
    const hash = hashOf(Buffer.concat(parts));
    clock = RECEIPT_LIFETIME_MS + 1_000;
    try {
      const write = grant('write', [hash], { expires: Date.now() + clock + 60_000 });
      expect(await failure(await putManifest(hash, [receipt], encodeManifest(chunksOf(parts)), write))).toEqual([403, 'forbidden']);
    } finally {
      clock = 0;
    }
  });

  it('SEC-01: refuses a content that the chunks do not make, and stores nothing of it (R32)', async () => {
    const parts = someParts();
    const receipt = await upload(parts);
    const chunks = chunksOf(parts);
    const other = hashOf(randomBytes(10));
    const swapped = [chunks[1], chunks[0], ...chunks.slice(2)] as Chunk[];
    const resized = [{ ...(chunks[0] as Chunk), size: 99_999 }, ...chunks.slice(1)];
    const hash = hashOf(Buffer.concat(parts));
    expect(await failure(await putManifest(other, [receipt], encodeManifest(chunks)))).toEqual([422, 'hash_mismatch']);
    expect(await failure(await putManifest(hash, [receipt], encodeManifest(swapped)))).toEqual([422, 'hash_mismatch']);
    expect(await failure(await putManifest(hash, [receipt], encodeManifest(resized)))).toEqual([422, 'hash_mismatch']);
    for (const refused of [chunks, swapped, resized]) expect(await store.stat({ hash: hashOf(encodeManifest(refused)) })).toBe(null);
  });

  it('names the chunk that is not here', async () => {
    const parts = someParts();
    const receipt = await upload(parts.slice(0, 12));
    const missing = parts.slice(12).map(hashOf);
    const answer = await putManifest(hashOf(Buffer.concat(parts)), [receipt, grant('read', missing)], encodeManifest(chunksOf(parts)));
    const { error } = (await answer.json()) as ErrorBody;
    expect([answer.status, error.code, error.message]).toEqual([404, 'not_found', `the chunk ${missing[0]} is not here`]);
  });

  it('refuses what is no manifest, small contents, and those above the limit', async () => {
    const hash = hashOf(Buffer.from('x'));
    expect(await failure(await putManifest(hash, [], Buffer.alloc(0)))).toEqual([400, 'invalid_request']);
    expect(await failure(await putManifest(hash, [], randomBytes(35)))).toEqual([400, 'invalid_request']);
    const small = Array.from({ length: 10 }, () => randomBytes(100_000));
    const receipt = await upload(small);
    const whole = hashOf(Buffer.concat(small));
    expect(await failure(await putManifest(whole, [receipt], encodeManifest(chunksOf(small))))).toEqual([400, 'invalid_request']);
    const huge = Array.from({ length: 21 }, () => ({ hash, size: 1_000_000 }));
    expect(await failure(await putManifest(hash, [], encodeManifest(huge)))).toEqual([413, 'too_large']);
    const cut = await fetch(`${url}${blobManifestPath(hash)}`, {
      method: 'PUT',
      body: Buffer.from([0, 0, 1, 0, 65]),
      headers: { ...BYTES, [GRANT_HEADER]: grant('write', [hash]) },
    });
    expect(await failure(cut)).toEqual([400, 'invalid_request']);
  });

  it('is not given among small contents, and its chunks are', async () => {
    const parts = someParts();
    const receipt = await upload(parts);
    const whole = hashOf(Buffer.concat(parts));
    const answer = await putManifest(whole, [receipt], encodeManifest(chunksOf(parts)));
    const claims = await claimsOf(((await answer.json()) as { receipt: string }).receipt);
    const first = hashOf(parts[0] as Buffer);
    const grants = [
      grant('read', [], { contents: claims.contents.map(({ hash, location }) => ({ hash, location })) }),
      grant('read', [first]),
    ];
    const fetched = await fetch(`${url}/blobs/fetch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grants, hashes: [whole, first] }),
    });
    const lengths: (number | null)[] = [];
    for await (const { bytes } of decodeFrames(fetched.body as unknown as AsyncIterable<Uint8Array>)) lengths.push(bytes?.length ?? null);
    expect(lengths).toEqual([null, 100_000]);
  });
});

describe('work that takes long', () => {
  it.each([
    ['is told of while it goes on, and closes the connection, which a proxy may take for answered', 31_000, [201, 'close', [102, 102]]],
    ['is not told of when it is soon done', 0, [201, 'keep-alive', []]],
  ])('%s', async (_what, ms, expected) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let finish = (): void => undefined;
    const server = createServer((_, response) => {
      void whileTold(response, () => new Promise<void>((resolve) => (finish = resolve))).then(() => response.writeHead(201).end('done'));
      vi.advanceTimersByTime(ms);
      if (ms === 0) finish();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const agent = new Agent({ keepAlive: true });
    try {
      const { port } = server.address() as { port: number };
      const seen: number[] = [];
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request({ port, host: '127.0.0.1', agent }, (response) => resolve(response.resume()));
        sent.on('information', ({ statusCode }) => {
          seen.push(statusCode);
          if (seen.length === 2) finish();
        });
        sent.on('error', reject).end();
      });
      expect([answer.statusCode, answer.headers.connection, seen]).toEqual(expected);
    } finally {
      vi.useRealTimers();
      agent.destroy();
      server.close();
    }
  });
});
