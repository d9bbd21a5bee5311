import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ContentHash, DomainError, EMPTY_HASH, type ErrorCode } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BlobStore, type SmallBlob, type StoredBlob, ensureObject } from './blob-store.ts';

/** A store, and what a test can do to it from outside. */
export interface StoreUnderTest {
  readonly store: BlobStore;
  /** Ends this store and opens another over the same contents. */
  readonly reopen: () => Promise<BlobStore>;
  /** Cuts the copy of a content that `put` stored to this many bytes. */
  readonly truncate?: (hash: ContentHash, bytes: number) => Promise<void>;
  /** From now on there is room for this many bytes more. */
  readonly limitSpace?: (bytes: number) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export const hashOf = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;
export const small = (text: string): SmallBlob => ({ hash: hashOf(Buffer.from(text)), bytes: Buffer.from(text) });

const MAX = 64 * 1024 * 1024;

export async function* sequence<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function codeOf(action: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await action;
    return 'none';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** Compares bytes at memory speed; `toEqual` looks at them one by one. */
export function expectSame(actual: Uint8Array | null, expected: Uint8Array | undefined): void {
  expect(actual === null ? null : hashOf(actual)).toBe(hashOf(expected as Uint8Array));
}

/** What every driver of the port must do, and its fake as well. */
export function registerBlobStoreTests(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name}, as a BlobStore`, () => {
    let under: StoreUnderTest;
    let store: BlobStore;
    beforeEach(async () => {
      under = await makeStore();
      store = under.store;
    });
    afterEach(() => under.dispose());

    const put = (bytes: Uint8Array, hash = hashOf(bytes), size: number | undefined = bytes.length, maxBytes = MAX): Promise<StoredBlob> =>
      store.put({ hash, size, maxBytes }, Readable.from(bytes.length === 0 ? [] : chunksOf(bytes)));
    const read = async (ref: { hash: ContentHash; location?: string }, from = store): Promise<Buffer | null> => {
      const opened = await from.open(ref);
      return opened && Buffer.concat(await opened.body.toArray());
    };
    const nothingStored = async (hash: ContentHash): Promise<void> => {
      expect(await store.stat({ hash })).toBe(null);
      expect(await store.open({ hash })).toBe(null);
      expect(await collect(store.list())).toEqual([]);
    };

    it('gives back what was put, with and without its location, also after a restart', async () => {
      const bytes = randomBytes(3_000_000);
      const stored = await put(bytes);
      expect(stored).toEqual({ hash: hashOf(bytes), size: bytes.length, location: expect.any(String) });
      expectSame(await read(stored), bytes);
      expectSame(await read({ hash: stored.hash }), bytes);
      expect(await store.stat(stored)).toEqual(stored);
      const again = await under.reopen();
      expectSame(await read(stored, again), bytes);
      expect(await collect(again.list())).toEqual([stored]);
    });

    it('stores the empty content', async () => {
      const stored = await put(Buffer.alloc(0));
      expect(stored).toMatchObject({ hash: EMPTY_HASH, size: 0 });
      expectSame(await read(stored), Buffer.alloc(0));
      expect(await store.putMany(sequence([small('')]))).toMatchObject([{ hash: EMPTY_HASH, size: 0 }]);
    });

    it('SEC-01: refuses bytes with another hash, and takes the right ones afterwards (R32)', async () => {
      const [right, wrong] = [randomBytes(200_000), randomBytes(200_000)];
      expect(await codeOf(put(wrong, hashOf(right)))).toBe('hash_mismatch');
      await nothingStored(hashOf(right));
      expectSame(await read(await put(right)), right);
    });

    it('SEC-01: refuses bytes of another size than declared', async () => {
      const bytes = randomBytes(1000);
      expect(await codeOf(put(bytes, hashOf(bytes), 999))).toBe('hash_mismatch');
      expect(await codeOf(put(bytes, hashOf(bytes), 1001))).toBe('hash_mismatch');
      await nothingStored(hashOf(bytes));
    });

    it('SEC-13: stops reading when more arrives than allowed, and leaves the sender connected', async () => {
      let sent = 0;
      const endless = Readable.from(
        (async function* () {
          for (;;) {
            sent += 65_536;
            yield Buffer.alloc(65_536);
          }
        })(),
      );
      expect(await codeOf(store.put({ hash: EMPTY_HASH, maxBytes: 1_000_000 }, endless))).toBe('too_large');
      expect(sent).toBeLessThan(8_000_000);
      expect(endless.destroyed).toBe(false);
      endless.destroy();
      await nothingStored(EMPTY_HASH);
    });

    it('stores nothing when the stream is cut', async () => {
      const bytes = randomBytes(500_000);
      const cut = new Readable({ read() {} });
      cut.push(bytes.subarray(0, 300_000));
      const result = codeOf(store.put({ hash: hashOf(bytes), maxBytes: MAX }, cut));
      // As a request does, it tells nobody of an error where nobody listens yet.
      cut.on('error', () => undefined);
      setTimeout(() => cut.destroy(new Error('connection lost')), 20);
      expect(await result).toBe('invalid_request');
      await nothingStored(hashOf(bytes));
      expectSame(await read(await put(bytes)), bytes);
    });

    it('stores one copy when many put the same at once', async () => {
      const bytes = randomBytes(400_000);
      const stored = await Promise.all(
        Array.from({ length: 8 }, (_, turn) => put(bytes, hashOf(bytes), turn % 2 ? bytes.length : undefined)),
      );
      expect(new Set(stored.map(({ location }) => location)).size).toBe(1);
      expectSame(await read({ hash: hashOf(bytes) }), bytes);
      expect(await collect(store.list())).toHaveLength(1);
    });

    it('I12: asks for the bytes again even when it has them (R34)', async () => {
      const bytes = randomBytes(1000);
      await put(bytes);
      expect(await codeOf(put(randomBytes(1000), hashOf(bytes)))).toBe('hash_mismatch');
      expectSame(await read({ hash: hashOf(bytes) }), bytes);
    });

    it('reads ranges, at and beyond every edge', async () => {
      const bytes = randomBytes(1000);
      for (const stored of [await put(bytes), ...(await store.putMany(sequence([{ hash: hashOf(bytes), bytes }])))]) {
        const range = async (asked: Parameters<BlobStore['open']>[1]): Promise<Buffer> => {
          const opened = await store.open(stored, asked);
          if (opened === null) throw new Error('missing');
          const body = Buffer.concat(await opened.body.toArray());
          expect({ size: opened.size, length: body.length }).toEqual({ size: 1000, length: opened.end - opened.start });
          return body;
        };
        expectSame(await range({ from: 0 }), bytes);
        expectSame(await range({ from: 10, to: 19 }), bytes.subarray(10, 20));
        expectSame(await range({ from: 999 }), bytes.subarray(999));
        expectSame(await range({ from: 990, to: 5000 }), bytes.subarray(990));
        expectSame(await range({ last: 7 }), bytes.subarray(993));
        expectSame(await range({ last: 7000 }), bytes);
        expect(await codeOf(range({ from: 1000 }))).toBe('range_not_satisfiable');
        expect(await codeOf(range({ last: 0 }))).toBe('range_not_satisfiable');
      }
      const empty = await put(Buffer.alloc(0));
      expect(await codeOf(store.open(empty, { from: 0 }))).toBe('range_not_satisfiable');
    });

    it('finds a content by hash when its location is stale, foreign or forged', async () => {
      const [alone, packed] = [await put(Buffer.from('alone')), ...(await store.putMany(sequence([small('packed')])))];
      const forged = [
        '',
        'nonsense',
        '../../etc/passwd',
        'loose:/etc/passwd',
        'pack:../../../x:0:5',
        'pack:000000000000000000000000:8:5',
        packed?.location,
        alone.location,
      ];
      for (const location of forged) {
        expectSame(await read({ hash: packed?.hash as ContentHash, location: location as string }), Buffer.from('packed'));
        if (!location?.startsWith('pack:') || location === packed?.location) continue;
        expectSame(await read({ hash: alone.hash, location }), Buffer.from('alone'));
      }
    });

    it('deletes', async () => {
      const stored = await put(Buffer.from('gone'));
      const kept = await put(Buffer.from('kept'));
      expect(await store.delete(stored)).toBe(true);
      expect(await store.delete(stored)).toBe(true);
      expect(await store.stat(stored)).toBe(null);
      expectSame(await read(kept), Buffer.from('kept'));
      expectSame(await read(await put(Buffer.from('gone'))), Buffer.from('gone'));
    });

    it('creates an object of its own once', async () => {
      expect(await store.readObject('some-key')).toBe(null);
      const made = await Promise.all(['a', 'b', 'c', 'd'].map((text) => store.createObject('some-key', Buffer.from(text))));
      expect(made.filter(Boolean)).toHaveLength(1);
      const kept = await ensureObject(store, 'some-key', () => 'other');
      expect(kept.toString()).toBe(['a', 'b', 'c', 'd'][made.indexOf(true)]);
      expect(await ensureObject(store, 'another', () => 'new')).toEqual(Buffer.from('new'));
      expect(await ensureObject(await under.reopen(), 'some-key', () => 'other')).toEqual(kept);
    });

    it('says that it can be written', async () => {
      await store.checkWritable();
      expect(await collect(store.list())).toEqual([]);
    });

    it('mends a copy that was cut', async (context) => {
      if (under.truncate === undefined) return context.skip();
      const bytes = randomBytes(100_000);
      for (const size of [bytes.length, undefined]) {
        const stored = await put(bytes);
        await under.truncate(stored.hash, 5_000);
        expect(await store.open(stored)).toBe(null);
        expect(await store.stat(stored)).toBe(null);
        expect(await put(bytes, stored.hash, size)).toEqual(stored);
        expectSame(await read(stored), bytes);
      }
    });

    it('CRA-06: says so when it is full, stores nothing half, and recovers alone', async (context) => {
      if (under.limitSpace === undefined) return context.skip();
      const before = await put(Buffer.from('before'));
      const bytes = randomBytes(4_000_000);
      await under.limitSpace(1_000_000);
      expect(await codeOf(put(bytes))).toBe('out_of_space');
      expect(await codeOf(store.putMany(sequence([{ hash: hashOf(bytes), bytes }])))).toBe('out_of_space');
      expect(await store.stat({ hash: hashOf(bytes) })).toBe(null);
      expectSame(await read(before), Buffer.from('before'));
      expect(await store.putMany(sequence([small('fits')]))).toHaveLength(1);
      await under.limitSpace(20_000_000);
      expectSame(await read(await put(bytes)), bytes);
    });
  });
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}
