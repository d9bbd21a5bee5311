import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BlobService, type BlobStore, MemoryBlobStore, openDiskBlobStore } from '@syncpair/blob';
import type { ContentHash } from '@syncpair/contracts';
import { registerContentStoreTests } from '@syncpair/metadata/content-store.conformance';
import { expect, test } from 'vitest';
import { LocalContentStore } from './local-content-store.ts';

const MAX_BYTES = 1024 ** 3;
const reports: string[] = [];

async function over(store: BlobStore): Promise<LocalContentStore> {
  return new LocalContentStore(store, await BlobService.open({ store }), MAX_BYTES, (problem) => reports.push(problem));
}

registerContentStoreTests('the blob store of the same process, on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'syncpair-standalone-blobs-'));
  const store = await openDiskBlobStore(folder);
  const close = async (): Promise<void> => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store: await over(store), close };
});

registerContentStoreTests('the blob store of the same process, in memory', async () => ({
  store: await over(new MemoryBlobStore()),
  close: () => Promise.resolve(),
}));

test('the keys for receipts are those of the blob service over the same store', async () => {
  const store = new MemoryBlobStore();
  const blobs = await BlobService.open({ store });
  expect(await (await over(store)).receiptKeys()).toEqual(blobs.publicKeys().keys);
});

test('a fault of the store is one that may pass, and its cause is reported', async () => {
  const store = new MemoryBlobStore();
  const local = await over(store);
  store.put = () => Promise.reject(Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' }));
  const bytes = Buffer.from('x');
  const body = Readable.from([bytes]);
  reports.length = 0;
  await expect(local.put('open', hash('sha256', bytes) as ContentHash, body)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.not.stringContaining('EIO') as string,
  });
  expect(reports).toEqual(['the content store failed']);
});

test('a sender who leaves is no fault of the store', async () => {
  const body = new Readable({ read: () => undefined });
  body.push('half');
  reports.length = 0;
  const put = (await over(new MemoryBlobStore())).put('open', hash('sha256', 'half and half') as ContentHash, body);
  body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  await expect(put).rejects.toMatchObject({ code: 'invalid_request' });
  expect(reports).toEqual([]);
});
