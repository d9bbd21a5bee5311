import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, realpath, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ContentHash, encodeManifest, formatManifestLocation } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashOf, registerBlobStoreTests } from '../blobs/blob-store.conformance.ts';
import type { BlobRef, BlobStore, SmallBlob, StoredBlob } from '../blobs/blob-store.ts';
import { registerManyBlobsTests } from '../blobs/many-blobs.conformance.ts';
import { openDiskBlobStore } from '../drivers/disk/open-disk-blob-store.ts';
import { MemoryBlobStore } from '../drivers/memory/memory-blob-store.ts';
import { ChunkedBlobStore } from './chunked-blob-store.ts';

async function* sequence(blobs: readonly SmallBlob[]): AsyncGenerator<SmallBlob> {
  yield* blobs;
}

interface Opened {
  readonly store: BlobStore;
  readonly folder: string | null;
}

const DRIVERS: readonly (readonly [string, () => Promise<Opened>])[] = [
  ['the store in memory', async () => ({ store: new MemoryBlobStore(), folder: null })],
  ['the disk store', () => onDisk(1_000)],
  ['the disk store with tiny packs', () => onDisk(3)],
];

async function onDisk(records: number): Promise<Opened> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'blob-chunked-')));
  return { store: await openDiskBlobStore(folder, { packLimits: { bytes: 64 * 1024 * 1024, records } }), folder };
}

async function dispose({ store, folder }: Opened): Promise<void> {
  await store.close();
  if (folder !== null) await rm(folder, { recursive: true });
}

for (const [name, open] of DRIVERS) {
  for (const register of [registerBlobStoreTests, registerManyBlobsTests])
    register(`chunks over ${name}`, async () => {
      const opened = await open();
      let under = opened.store;
      return {
        store: new ChunkedBlobStore(under),
        reopen: async () => {
          if (opened.folder === null) return new ChunkedBlobStore(under);
          const before = under;
          under = await openDiskBlobStore(opened.folder);
          await before.close();
          return new ChunkedBlobStore(under);
        },
        dispose: () => dispose({ ...opened, store: under }),
      };
    });

  describe(`a content of chunks in ${name}`, () => {
    let opened: Opened;
    let store: BlobStore;
    beforeEach(async () => {
      opened = await open();
      store = new ChunkedBlobStore(opened.store);
    });
    afterEach(() => dispose(opened));

    /** Chunks of 64 KiB and a rest, the first one twice, every third one standing alone. */
    const assemble = async (): Promise<{ whole: Buffer; ref: Required<BlobRef>; chunks: StoredBlob[]; manifest: StoredBlob }> => {
      const first = randomBytes(65_536);
      const parts = [first, ...Array.from({ length: 10 }, () => randomBytes(65_536)), first, randomBytes(1_000)];
      const chunks: StoredBlob[] = [];
      for (const [index, bytes] of parts.entries()) {
        const hash = hashOf(bytes);
        if (index % 3 === 2) chunks.push(await store.put({ hash, maxBytes: 1_000_000 }, Readable.from([bytes])));
        else chunks.push(...(await store.putMany(sequence([{ hash, bytes }]))));
      }
      const text = encodeManifest(chunks);
      const [manifest] = await store.putMany(sequence([{ hash: hashOf(text), bytes: text }]));
      const whole = Buffer.concat(parts);
      if (manifest === undefined) throw new Error('no manifest');
      const location = formatManifestLocation({ manifest: manifest.hash, location: manifest.location });
      return { whole, ref: { hash: hashOf(whole), location }, chunks, manifest };
    };
    const read = async (ref: BlobRef, range?: Parameters<BlobStore['open']>[1]): Promise<Buffer | null> => {
      const found = await store.open(ref, range);
      if (found === null) return null;
      const bytes = Buffer.concat(await found.body.toArray());
      expect(bytes.length).toBe(found.end - found.start);
      return bytes;
    };

    it('is read as if it lay in one piece, and told of', async () => {
      const { whole, ref } = await assemble();
      expect(hashOf((await read(ref)) as Buffer)).toBe(ref.hash);
      expect(await store.stat(ref)).toEqual({ hash: ref.hash, size: whole.length, location: ref.location });
      expect(await store.statMany([{ hash: hashOf(Buffer.from('absent')) }, ref])).toEqual([null, await store.stat(ref)]);
    });

    it('is read in ranges that begin and end anywhere', async () => {
      const { whole, ref } = await assemble();
      const places = [0, 1, 65_535, 65_536, 65_537, 131_072, 400_000, whole.length - 1_001, whole.length - 1_000, whole.length - 1];
      for (const from of places) {
        for (const to of places.filter((place) => place >= from))
          expect((await read(ref, { from, to }))?.equals(whole.subarray(from, to + 1)), `${from} to ${to}`).toBe(true);
        expect((await read(ref, { from }))?.equals(whole.subarray(from))).toBe(true);
      }
      expect((await read(ref, { last: 70_000 }))?.equals(whole.subarray(-70_000))).toBe(true);
      await expect(store.open(ref, { from: whole.length })).rejects.toMatchObject({ code: 'range_not_satisfiable' });
    });

    it('can be left in the middle', async () => {
      const { ref } = await assemble();
      const found = await store.open(ref);
      for await (const part of found?.body as Readable) {
        expect(part).toBeInstanceOf(Buffer);
        break;
      }
      expect(hashOf((await read(ref)) as Buffer)).toBe(ref.hash);
    });

    it('is found by its manifest when that lies elsewhere by now, or its place was never told', async () => {
      const { ref, manifest } = await assemble();
      for (const place of ['', 'pack:000000000000000000000000:8:5', 'nonsense']) {
        const location = formatManifestLocation({ manifest: manifest.hash, location: place });
        expect(hashOf((await read({ hash: ref.hash, location })) as Buffer)).toBe(ref.hash);
      }
    });

    it('is missing without its manifest, or when that is none', async () => {
      const { ref } = await assemble();
      const none = { manifest: hashOf(Buffer.from('absent')), location: '' };
      const noManifest = await store.putMany(sequence([{ hash: hashOf(Buffer.from('no manifest')), bytes: Buffer.from('no manifest') }]));
      for (const manifest of [none, { manifest: noManifest[0]?.hash as ContentHash, location: '' }]) {
        const lost = { hash: ref.hash, location: formatManifestLocation(manifest) };
        expect(await store.open(lost)).toBe(null);
        expect(await store.stat(lost)).toBe(null);
      }
    });

    it('is missing when one of its chunks is, but for ranges without it', async () => {
      const { ref, chunks, whole } = await assemble();
      expect(await store.delete({ hash: chunks[5]?.hash as ContentHash })).toBe(true);
      expect(await store.open(ref)).toBe(null);
      expect(await store.stat(ref)).toBe(null);
      expect((await read(ref, { from: 0, to: 100_000 }))?.equals(whole.subarray(0, 100_001))).toBe(true);
      expect(await store.open(ref, { from: 5 * 65_536, to: 5 * 65_536 })).toBe(null);
    });

    it('is read from a copy in one piece when its chunks are gone', async () => {
      const { ref, chunks, whole } = await assemble();
      await store.delete({ hash: chunks[2]?.hash as ContentHash });
      await store.put({ hash: ref.hash, maxBytes: 1_000_000 }, Readable.from([whole]));
      expect(hashOf((await read(ref)) as Buffer)).toBe(ref.hash);
      expect(await store.stat(ref)).toMatchObject({ size: whole.length });
    });

    it('is no small content among many', async () => {
      const { ref, chunks } = await assemble();
      const [first, last] = [chunks[0] as StoredBlob, chunks.at(-1) as StoredBlob];
      const lengths: (number | null)[] = [];
      const beneath = vi.spyOn(opened.store, 'readMany');
      for await (const bytes of store.readMany([ref, first, ref, last], 2_000_000)) lengths.push(bytes?.length ?? null);
      expect(lengths).toEqual([null, 65_536, null, 1_000]);
      // Looking for it would cost a walk through all packs.
      expect(beneath.mock.calls.map(([refs]) => refs)).toEqual([[first, last]]);
    });

    it('breaks off where a chunk vanishes or is damaged on the way, and never gives other bytes', async (context) => {
      if (opened.folder === null) return context.skip();
      const { ref, chunks } = await assemble();
      const found = await store.open(ref);
      // The last one that stands alone: the reader is far from it.
      const hash = chunks[8]?.hash as ContentHash;
      await truncate(join(opened.folder, 'objects', hash.slice(0, 2), hash), 10);
      const arrived: Buffer[] = [];
      await expect(
        (async () => {
          for await (const part of found?.body as Readable) arrived.push(part as Buffer);
        })(),
      ).rejects.toThrow(/missing or damaged/);
      expect(Buffer.concat(arrived).length).toBeLessThanOrEqual(8 * 65_536);
      // Of the same size and with other bytes, it is known by reading it only.
      await writeFile(join(opened.folder, 'objects', hash.slice(0, 2), hash), Buffer.alloc(65_536));
      const begun = await store.open(ref, { from: 7 * 65_536 });
      await expect(begun?.body.toArray()).rejects.toThrow(/missing or damaged/);
      expect(await store.open(ref, { from: 8 * 65_536 })).toBe(null);
      for (const file of await readdir(join(opened.folder, 'packs'))) await unlink(join(opened.folder, 'packs', file));
      expect(await store.open(ref)).toBe(null);
    });
  });
}
