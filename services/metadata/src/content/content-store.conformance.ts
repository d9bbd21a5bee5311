import { hash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ContentHash, encodeManifest, formatManifestLocation } from '@syncpair/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentStore, StoredContent } from './content-store.ts';

const hashOf = (bytes: Uint8Array): ContentHash => hash('sha256', bytes) as ContentHash;

async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What every `ContentStore` does. `open` starts a fresh, empty one. */
export function registerContentStoreTests(
  name: string,
  open: () => Promise<{ readonly store: ContentStore; close(): Promise<void> }>,
): void {
  describe(`content store: ${name}`, () => {
    let store: ContentStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    test('a content that was put is read back whole and in part', async () => {
      const bytes = randomBytes(300_000);
      const stored = await store.put('open', hashOf(bytes), Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
      expect(stored).toMatchObject({ hash: hashOf(bytes), size: bytes.length });
      expect((await readAll(await store.open('open', stored))).equals(bytes)).toBe(true);
      expect((await readAll(await store.open('open', stored, { start: 10, end: 19 }))).equals(bytes.subarray(10, 20))).toBe(true);
    });

    test('putting what is there succeeds', async () => {
      const bytes = Buffer.from('twice');
      await store.put('open', hashOf(bytes), Readable.from([bytes]));
      expect(await store.put('open', hashOf(bytes), Readable.from([bytes]))).toMatchObject({ size: 5 });
    });

    test('bytes of another hash are refused and not stored; the right ones are taken afterwards', async () => {
      const right = Buffer.from('right');
      await expect(store.put('open', hashOf(right), Readable.from([Buffer.from('wrong')]))).rejects.toMatchObject({
        code: 'hash_mismatch',
      });
      await expect(store.putMany('open', [{ hash: hashOf(right), bytes: Buffer.from('wrong') }])).rejects.toMatchObject({
        code: 'hash_mismatch',
      });
      expect(await store.readMany('open', [{ hash: hashOf(right), location: '' }])).toEqual(new Map());
      expect(await store.put('open', hashOf(right), Readable.from([right]))).toMatchObject({ size: 5 });
    });

    test('many small contents are put and read together, empty ones too; a missing one is left out', async () => {
      const contents = ['', 'a', 'bb', 'ccc'].map((text) => ({ hash: hashOf(Buffer.from(text)), bytes: Buffer.from(text) }));
      const stored = await store.putMany('open', contents);
      expect(stored.map(({ hash: contentHash }) => contentHash)).toEqual(contents.map(({ hash: contentHash }) => contentHash));
      const missing = { hash: hashOf(Buffer.from('never stored')), location: '' };
      const found = await store.readMany('open', [...stored, missing]);
      expect([...found].map(([contentHash, bytes]) => [contentHash, Buffer.from(bytes).toString()])).toEqual(
        contents.map(({ hash: contentHash, bytes }) => [contentHash, bytes.toString()]),
      );
    });

    test('a content that is not there is `not_found`', async () => {
      await expect(store.open('open', { hash: hashOf(Buffer.from('no such content')), location: '' })).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('contents that are there are found, others are not', async () => {
      const bytes = randomBytes(5_000);
      const stored = await store.put('open', hashOf(bytes), Readable.from([bytes]));
      const missing = { hash: hashOf(Buffer.from('found nowhere')), location: stored.location };
      expect(await store.find('open', [missing, stored])).toMatchObject([{ hash: stored.hash, size: 5_000 }]);
    });

    test('a content that is found without a place has one afterwards', async () => {
      const bytes = randomBytes(2_000);
      const [stored] = await store.putMany('open', [{ hash: hashOf(bytes), bytes }]);
      expect(await store.find('open', [{ hash: hashOf(bytes), location: '' }])).toEqual([stored]);
    });

    test('a content whose place is a manifest is read from its chunks, whole and in part, when all are there', async () => {
      const parts = [randomBytes(70_000), randomBytes(80_000), randomBytes(300)];
      const assembled = async (chunks: readonly Uint8Array[], kept: readonly Uint8Array[]): Promise<StoredContent> => {
        const manifest = encodeManifest(chunks.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));
        const stored = await store.putMany(
          'open',
          [manifest, ...kept].map((bytes) => ({ hash: hashOf(bytes), bytes })),
        );
        const location = formatManifestLocation({ manifest: hashOf(manifest), location: stored[0]?.location as string });
        const whole = Buffer.concat(chunks);
        return { hash: hashOf(whole), size: whole.length, location };
      };
      const content = await assembled(parts, parts);
      const whole = Buffer.concat(parts);
      expect((await readAll(await store.open('open', content))).equals(whole)).toBe(true);
      const middle = { start: 69_000, end: 150_100 };
      expect((await readAll(await store.open('open', content, middle))).equals(whole.subarray(69_000, 150_101))).toBe(true);
      expect(await store.find('open', [content])).toEqual([content]);
      expect(await store.readMany('open', [content])).toEqual(new Map());

      const absent = randomBytes(70_000);
      const lacking = await assembled([...parts, absent], []);
      expect(await store.find('open', [lacking])).toEqual([]);
      await expect(store.open('open', lacking)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a body that breaks off is an error, and nothing is stored', async () => {
      const bytes = randomBytes(200_000);
      const body = Readable.from(
        (async function* () {
          yield bytes.subarray(0, 100_000);
          await Promise.resolve();
          throw new Error('the sender is gone');
        })(),
      );
      await expect(store.put('open', hashOf(bytes), body)).rejects.toThrow();
      await expect(store.open('open', { hash: hashOf(bytes), location: '' })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('there is a key for receipts, and the store is well', async () => {
      expect(await store.receiptKeys()).not.toHaveLength(0);
      await store.health();
    });
  });
}
