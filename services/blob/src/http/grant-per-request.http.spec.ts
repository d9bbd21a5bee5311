import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type ContentHash,
  GRANT_HEADER,
  type GrantClaims,
  generateSigningKeyPem,
  publicKeyOf,
  readSigningKey,
  signClaims,
} from '@syncpair/contracts';
import { createServiceApp } from '@syncpair/service-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BlobModule } from '../blob.module.ts';
import { small } from '../blobs/blob-store.conformance.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { knownGrantKeys } from '../grants/grant-keys.ts';

const signer = readSigningKey(generateSigningKeyPem());
/** One connection, kept. */
const line = new Agent({ keepAlive: true, maxSockets: 1 });
let folder: string;
let store: BlobStore;
let app: NestFastifyApplication;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blob-grants-'));
  store = await openDiskBlobStore(folder);
  const grantKeys = knownGrantKeys([publicKeyOf(signer.privateKey)]);
  const module = BlobModule.register({ store, grantKeys, maxBlobBytes: 1_000_000, alone: true });
  app = await createServiceApp(module, { name: 'blob', logLevel: 'error', quiet: true });
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
afterAll(async () => {
  line.destroy();
  await app.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const grant = (use: GrantClaims['use'], hash: ContentHash, expires = Date.now() + 60_000): string =>
  signClaims(signer, { use, who: 'alice', contents: [{ hash }], expires });

/** One request over the kept connection; tells its status, and whether the connection had carried a request before. */
function ask(
  method: string,
  hash: ContentHash,
  token: string | null,
  body?: Uint8Array,
): Promise<[status: number | undefined, kept: boolean]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', ...(token === null ? {} : { [GRANT_HEADER]: token }) };
    const sent = request({ agent: line, host: '127.0.0.1', port, method, path: `/blobs/${hash}`, headers }, (answer: IncomingMessage) => {
      answer.resume().on('end', () => resolve([answer.statusCode, sent.reusedSocket]));
    });
    sent.on('error', reject).end(body);
  });
}

it('a grant holds for the request that carries it, and for nothing else on the same connection (R34)', async () => {
  const { hash, bytes } = small('granted once');
  expect(await ask('PUT', hash, grant('write', hash), bytes)).toEqual([201, false]);
  expect(await ask('GET', hash, grant('read', hash))).toEqual([200, true]);
  expect(await ask('GET', hash, null)).toEqual([401, true]);
  expect(await ask('GET', hash, grant('read', hash, Date.now() - 120_000))).toEqual([403, true]);
  expect(await ask('HEAD', hash, null)).toEqual([401, true]);
  expect(await ask('PUT', hash, grant('read', hash), bytes)).toEqual([403, true]);
});
