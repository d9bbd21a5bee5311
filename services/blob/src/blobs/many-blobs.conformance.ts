import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ContentHash, freeBytes } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore, SmallBlob, StoredBlob } from './blob-store.ts';
import { type StoreUnderTest, codeOf, collect, expectSame, hashOf, sequence, small } from './blob-store.conformance.ts';

/** Contents in one buffer, which each fills anew. */
async function* usedAgain(blobs: readonly SmallBlob[]): AsyncGenerator<SmallBlob> {
  const buffer = Buffer.alloc(Math.max(...blobs.map(({ bytes }) => bytes.length)));
  for (const { hash, bytes } of blobs) {
    buffer.set(bytes);
    yield { hash, bytes: buffer.subarray(0, bytes.length) };
    buffer.fill(0);
  }
}

/** What every driver of the port, and its fake, must do with many contents at once. */
export function registerManyBlobsTests(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name}, with many contents at once`, () => {
    let under: StoreUnderTest;
    let store: BlobStore;
    beforeEach(async () => {
      under = await makeStore();
      store = under.store;
    });
    afterEach(() => under.dispose());

    const put = (bytes: Uint8Array): Promise<StoredBlob> =>
      store.put({ hash: hashOf(bytes), size: bytes.length, maxBytes: bytes.length }, Readable.from([bytes]));
    const read = async (ref: { hash: ContentHash; location?: string }, from = store): Promise<Buffer | null> => {
      const opened = await from.open(ref);
      return opened && Buffer.concat(await opened.body.toArray());
    };

    it('stores many at once, one entry per content, and reads them in any order', async () => {
      const blobs = Array.from({ length: 1500 }, (_, index) => small(`content ${index} ${'x'.repeat(index)}`));
      const stored = await store.putMany(sequence([...blobs, ...blobs.slice(0, 10)]));
      expect(stored.map(({ hash }) => hash)).toEqual(blobs.map(({ hash }) => hash));
      expect(stored.map(({ size }) => size)).toEqual(blobs.map(({ bytes }) => bytes.length));
      const absent = hashOf(Buffer.from('absent'));
      const asked = [...stored.map((_, index) => (index * 7) % stored.length), -1, 3, 3];
      const refs = asked.map((index) => stored[index] ?? { hash: absent });
      const bytes = await collect(store.readMany(refs, 1024));
      asked.forEach((index, place) => {
        const expected = blobs[index]?.bytes ?? null;
        expect(bytes[place] && Buffer.from(bytes[place])).toEqual(expected === null || expected.length > 1024 ? null : expected);
      });
      const again = await under.reopen();
      expectSame(await read({ hash: blobs[77]?.hash as ContentHash }, again), blobs[77]?.bytes);
      expect(await collect(again.readMany([{ hash: blobs[5]?.hash as ContentHash }], 1024))).toHaveLength(1);
    });

    it('tells of many at once where they lie, each as if it were asked alone', async () => {
      const alone = await put(randomBytes(5_000));
      const packed = await store.putMany(sequence(Array.from({ length: 300 }, (_, index) => small(`told ${index}`))));
      const absent = hashOf(Buffer.from('absent'));
      const refs = [
        ...packed.map(({ hash }) => ({ hash })),
        { hash: absent },
        alone,
        { hash: alone.hash },
        ...packed.slice(0, 3),
        { hash: packed[5]?.hash as ContentHash, location: 'pack:000000000000000000000000:8:5' },
      ];
      expect(await store.statMany(refs)).toEqual([...packed, null, alone, alone, ...packed.slice(0, 3), packed[5]]);
      expect(await store.statMany([])).toEqual([]);
      const again = await under.reopen();
      expect(await again.statMany(refs)).toEqual([...packed, null, alone, alone, ...packed.slice(0, 3), packed[5]]);
    });

    it('acknowledges nothing of a sequence that holds a wrong content', async () => {
      const blobs = [small('a'), { hash: hashOf(Buffer.from('b')), bytes: Buffer.from('c') }, small('d')];
      expect(await codeOf(store.putMany(sequence(blobs)))).toBe('hash_mismatch');
      expect(await read({ hash: hashOf(Buffer.from('b')) })).toBe(null);
      expect(await read({ hash: hashOf(Buffer.from('c')) })).toBe(null);
      expect(await store.putMany(sequence([small('a')]))).toHaveLength(1);
    });

    it('keeps sequences apart that arrive together', async () => {
      const batches = Array.from({ length: 12 }, (_, batch) => Array.from({ length: 50 }, (_, index) => small(`${batch % 10}:${index}`)));
      const stored = await Promise.all(batches.map((batch) => store.putMany(sequence(batch))));
      for (const [batch, blobs] of batches.entries()) {
        const bytes = await collect(store.readMany(stored[batch] as StoredBlob[], 100));
        expect(bytes.map((content) => content && Buffer.from(content).toString())).toEqual(
          blobs.map((blob) => Buffer.from(blob.bytes).toString()),
        );
      }
    });

    it('needs the bytes of one no longer than until the next is asked for, and gives bytes that may be freed', async () => {
      const blobs = [200, 70_000, 300_000, 1_000_000, 90].map((length) => {
        const bytes = randomBytes(length);
        return { hash: hashOf(bytes), bytes };
      });
      const stored = await store.putMany(usedAgain(blobs));
      const asked = [...stored, ...stored.toReversed()];
      let read = 0;
      for await (const bytes of store.readMany(asked, 1_000_000)) {
        expect(bytes && hashOf(bytes)).toBe(asked[read++]?.hash);
        if (bytes !== null) freeBytes(bytes);
      }
      expect(read).toBe(asked.length);
    });
  });
}
