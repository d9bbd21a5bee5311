import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  GRANT_HEADER,
  encodeBatchPreamble,
  encodeFrameHeader,
  generateSigningKeyPem,
  publicKeyOf,
  readSigningKey,
  signClaims,
} from '@syncpair/contracts';
import { createServiceApp } from '@syncpair/service-http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobModule } from '../blob.module.ts';
import { small } from '../blobs/blob-store.conformance.ts';
import { MemoryBlobStore } from '../drivers/memory/memory-blob-store.ts';
import { knownGrantKeys } from '../grants/grant-keys.ts';

describe('CRA-06: a storage that is full', () => {
  const signer = readSigningKey(generateSigningKeyPem());
  const store = new MemoryBlobStore();
  let app: NestFastifyApplication;
  let url: string;
  beforeEach(async () => {
    app = await createServiceApp(BlobModule.register({ store, grantKeys: knownGrantKeys([publicKeyOf(signer.privateKey)]) }), {
      name: 'blob',
      logLevel: 'error',
      quiet: true,
    });
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  });
  afterEach(() => app.close());

  it('refuses uploads with 507 and its health with 503, goes on reading, and recovers alone', async () => {
    const [before, after] = [small('before'), small('after')];
    const grant = (use: string, hash: string): string =>
      signClaims(signer, { use, who: 'a', contents: [{ hash }], expires: Date.now() + 60_000 });
    const put = ({ hash, bytes }: typeof before): Promise<Response> =>
      fetch(`${url}/blobs/${hash}`, {
        method: 'PUT',
        body: bytes,
        headers: { 'content-type': 'application/octet-stream', [GRANT_HEADER]: grant('write', hash) },
      });
    const batch = ({ hash, bytes }: typeof before): Promise<Response> =>
      fetch(`${url}/blobs/batch`, {
        method: 'POST',
        body: Buffer.concat([encodeBatchPreamble([grant('write', hash)]), encodeFrameHeader(hash, bytes.length), bytes]),
        headers: { 'content-type': 'application/octet-stream' },
      });

    expect((await put(before)).status).toBe(201);
    store.capacity = before.bytes.length;
    for (const attempt of [put, batch]) {
      const answer = await attempt(after);
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([507, 'out_of_space']);
    }
    const health = await fetch(`${url}/blobs/health`);
    expect([health.status, ((await health.json()) as { error: { code: string } }).error.code]).toEqual([503, 'unavailable']);
    expect((await fetch(`${url}/blobs/${before.hash}`, { headers: { [GRANT_HEADER]: grant('read', before.hash) } })).status).toBe(200);
    store.capacity = 1_000;
    expect((await put(after)).status).toBe(201);
    expect((await fetch(`${url}/health`)).status).toBe(404);
  });
});
