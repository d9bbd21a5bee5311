import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContentHash, decodeFrames } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { hashOf, sequence, small } from './blob-store.conformance.ts';
import { BlobService } from './blob-service.ts';
import type { BlobStore } from './blob-store.ts';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-by-'));
  store = await openDiskBlobStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function flipIn(bytes: Uint8Array): Promise<void> {
  const packs = join(folder, 'packs');
  for (const name of await readdir(packs)) {
    const pack = await readFile(join(packs, name));
    const at = pack.indexOf(bytes);
    if (at < 0) continue;
    pack.writeUInt8(pack.readUInt8(at) ^ 1, at);
    await writeFile(join(packs, name), pack);
  }
}

it('gives a damaged content as it is to a receiver who verifies it, and to nobody else', async () => {
  const [whole, damaged] = [small('whole'), small('damaged')];
  const stored = await store.putMany(sequence([whole, damaged]));
  await flipIn(damaged.bytes);
  const service = await BlobService.open({ store });
  const granted = { who: 'bob', contents: new Map(stored.map(({ hash, location }) => [hash, location])) };
  const got = async (by: 'sender' | 'receiver'): Promise<(ContentHash | null)[]> => {
    const hashes: (ContentHash | null)[] = [];
    for await (const { bytes } of decodeFrames(service.fetch(granted, [whole.hash, damaged.hash], by)))
      hashes.push(bytes === null ? null : hashOf(bytes));
    return hashes;
  };
  expect(await got('sender')).toEqual([whole.hash, null]);
  const [first, second] = await got('receiver');
  expect(first).toBe(whole.hash);
  expect([null, damaged.hash]).not.toContain(second);
});
