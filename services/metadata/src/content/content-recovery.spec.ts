import { hash as digest, randomBytes } from 'node:crypto';
import { type ContentHash, encodeManifest, formatManifestLocation } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { MemoryContentStore } from '../testing/memory-content-store.ts';
import { ChunkedContents } from './chunked-contents.ts';
import { ContentPins } from './content-pins.ts';
import { ContentRecovery } from './content-recovery.ts';
import { ManifestReader } from './manifest-reader.ts';
import type { UsableContent } from './usable-content.ts';

let server: TestDatabase;
let dataSource: DataSource;
let store: MemoryContentStore;
let recovery: ContentRecovery;
beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  store = new MemoryContentStore();
  const pins = new ContentPins(new Database(dataSource));
  recovery = new ContentRecovery(pins, store, new ChunkedContents(pins, new ManifestReader(store)));
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

const hashOf = (bytes: Uint8Array): ContentHash => digest('sha256', bytes) as ContentHash;

/** A content of two chunks in the store, as its row tells of it: with a place of its manifest that is none any more. */
async function stored(): Promise<{ content: UsableContent; manifest: ContentHash; chunks: Buffer[] }> {
  const chunks = [randomBytes(70_000), randomBytes(500)];
  const manifest = encodeManifest(chunks.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));
  await store.putMany(
    'open',
    [manifest, ...chunks].map((bytes) => ({ hash: hashOf(bytes), bytes })),
  );
  const whole = Buffer.concat(chunks);
  const location = formatManifestLocation({ manifest: hashOf(manifest), location: 'where it was' });
  return { content: { hash: hashOf(whole), size: whole.length, location, proof: 'row' }, manifest: hashOf(manifest), chunks };
}

it('finds out where the manifest of a content lies by now', async () => {
  const { content, manifest, chunks } = await stored();
  const [found] = await recovery.recover([content], new Set([content.hash]));
  expect(found).toMatchObject({ ...content, proof: 'put' });
  expect(found?.parts?.[0]).toMatchObject({ hash: manifest, location: `memory/${manifest}`, proof: 'put' });
  expect(found?.parts?.slice(1)).toMatchObject(chunks.map((bytes) => ({ hash: hashOf(bytes), location: '', proof: 'row' })));
});

it('gives up a content with a chunk that is nowhere', async () => {
  const { content, chunks } = await stored();
  const [first, second] = chunks.map(hashOf) as [ContentHash, ContentHash];
  const [found] = await recovery.recover([content], new Set([first]));
  expect(found?.parts?.find(({ hash }) => hash === first)).toMatchObject({ location: `memory/${first}`, proof: 'put' });
  store.contents.delete(second);
  expect(await recovery.recover([content], new Set([second]))).toEqual([]);
});
