import { mkdtemp, readdir, realpath, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ContentHash } from '@syncpair/contracts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BlobStore, SmallBlob } from '../../blobs/blob-store.ts';
import { hashOf, small } from '../../blobs/blob-store.conformance.ts';
import { openDiskBlobStore } from './open-disk-blob-store.ts';

const HOUR = 60 * 60_000;
let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'blob-upkeep-')));
  store = await openDiskBlobStore(folder, { packLimits: { bytes: 1_000_000, records: 3 } });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const put = (text: string): Promise<{ hash: ContentHash }> =>
  store.put({ hash: hashOf(Buffer.from(text)), size: text.length, maxBytes: 1000 }, Readable.from([Buffer.from(text)]));
const fileOf = (hash: string): string => join(folder, 'objects', hash.slice(0, 2), hash);
async function* sequence(blobs: readonly SmallBlob[]): AsyncGenerator<SmallBlob> {
  yield* blobs;
}
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it('STA-09: spares a copy that was put lately, or proven lately by another put', async () => {
  const { hash } = await put('text');
  expect(await store.delete({ hash }, HOUR)).toBe(false);
  await utimes(fileOf(hash), 0, 0);
  await put('text');
  expect(await store.delete({ hash }, HOUR)).toBe(false);
  expect(await store.stat({ hash })).not.toBe(null);
  await utimes(fileOf(hash), 0, 0);
  expect(await store.delete({ hash }, HOUR)).toBe(true);
  expect(await store.stat({ hash })).toBe(null);
  expect(await readdir(join(folder, 'tmp'))).toEqual([]);
});

it('STA-09: puts and removals of one content at once: whoever is told that it is stored finds it, or a later removal took it', async () => {
  const { hash } = await put('text');
  for (let round = 0; round < 50; round += 1) {
    await utimes(fileOf(hash), 0, 0).catch(() => undefined);
    const [proven] = await Promise.all([
      put('text').then(
        () => true,
        () => false,
      ),
      store.delete({ hash }, HOUR),
    ]);
    if (proven) expect(await store.stat({ hash })).not.toBe(null);
    else await put('text');
  }
});

it('lists sealed packs as volumes, and removes them as one', async () => {
  const first = await store.putMany(sequence([small('a'), small('b'), small('c')]));
  const second = await store.putMany(sequence([small('d')]));
  await expect.poll(() => collect(store.volumes(0)), { timeout: 20_000 }).toHaveLength(1);
  const [volume] = await collect(store.volumes(0));
  expect((await collect(store.contentsOf(volume!.id))).map(({ location }) => location).sort()).toEqual(
    first.map(({ location }) => location).sort(),
  );
  expect(await collect(store.volumes(HOUR))).toEqual([]);
  await store.removeVolume(volume!.id);
  expect(await collect(store.contentsOf(volume!.id))).toEqual([]);
  expect(await store.stat(first[0]!)).toBe(null);
  expect(await store.stat(second[0]!)).toEqual(second[0]);
  expect(await collect(store.list('alone'))).toEqual([]);
  expect(await collect(store.list())).toEqual(second);
});

it('never appends to a pack that was removed', async () => {
  await store.putMany(sequence([small('a')]));
  for (const name of await readdir(join(folder, 'packs'))) await rm(join(folder, 'packs', name));
  await expect(store.putMany(sequence([small('b')]))).rejects.toThrow(/was removed/);
  const stored = await store.putMany(sequence([small('b')]));
  expect(await store.stat(stored[0]!)).toEqual(stored[0]);
});
