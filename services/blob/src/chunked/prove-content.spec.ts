import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chunk } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashOf, sequence } from '../blobs/blob-store.conformance.ts';
import type { BlobStore, StoredBlob } from '../blobs/blob-store.ts';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { proveContent } from './prove-content.ts';

const parts = Array.from({ length: 40 }, (_, index) => randomBytes(64 * 1024 + 5_000 * index));
const chunks: readonly Chunk[] = parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length }));
const whole = hashOf(Buffer.concat(parts));

let folder: string;
let store: BlobStore;
let stored: StoredBlob[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blob-proof-'));
  store = await openDiskBlobStore(folder);
  stored = await store.putMany(sequence(parts.map((bytes) => ({ hash: hashOf(bytes), bytes }))));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function damage(bytes: Uint8Array): Promise<void> {
  const packs = join(folder, 'packs');
  for (const name of await readdir(packs)) {
    const pack = await readFile(join(packs, name));
    const at = pack.indexOf(bytes);
    if (at === -1) continue;
    pack.writeUInt8(pack.readUInt8(at) ^ 1, at);
    await writeFile(join(packs, name), pack);
  }
}

it('proves a content by its chunks, and refuses another one', async () => {
  await proveContent(store, whole, chunks, stored);
  await expect(proveContent(store, hashOf(randomBytes(3)), chunks, stored)).rejects.toMatchObject({ code: 'hash_mismatch' });
});

it('finds a chunk that does not lie where it is said to', async () => {
  // Of the same length, so that only its bytes tell.
  const [other] = await store.putMany(sequence([randomBytes(chunks[3]?.size ?? 0)].map((bytes) => ({ hash: hashOf(bytes), bytes }))));
  const misled = stored.map((ref, index) => (index === 3 && other !== undefined ? { ...ref, location: other.location } : ref));
  await proveContent(store, whole, chunks, misled);
});

it('tells a damaged chunk as one that is not here', async () => {
  await damage(parts[17] as Buffer);
  await expect(proveContent(store, whole, chunks, stored)).rejects.toMatchObject({
    code: 'not_found',
    message: `the chunk ${chunks[17]?.hash} is not here`,
  });
});
