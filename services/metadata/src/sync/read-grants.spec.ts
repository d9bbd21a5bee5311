import { hash as digest, randomBytes } from 'node:crypto';
import {
  type ContentHash,
  MAX_MANIFEST_ANSWER_BYTES,
  encodeManifest,
  formatManifestLocation,
  readGrantsResponseSchema,
} from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let sql: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await replica.close();
  await database.close();
});

/** A committed file whose content is said to be of so many chunks: the row says what a receipt of a huge content would. */
async function committed(alice: Device, path: string, chunks: number, tells = true): Promise<string> {
  const text = randomBytes(8).toString('hex');
  const change = alice.put(path, text);
  await alice.commit(change);
  const hash = (change as { entry: { hash: string } }).entry.hash;
  const manifest = encodeManifest(Array.from({ length: chunks }, () => ({ hash: hash as ContentHash, size: 300_000 })));
  const [stored] = await replica.store.putMany('open', [{ hash: digestOf(manifest), bytes: manifest }]);
  if (stored === undefined) throw new Error('not stored');
  if (!tells) replica.store.contents.delete(stored.hash);
  await sql.query('WITH part AS (INSERT INTO manifest_chunk VALUES ($1, $1)) UPDATE blob SET size = $2, location = $3 WHERE hash = $1', [
    Buffer.from(hash, 'hex'),
    chunks * 300_000,
    formatManifestLocation({ manifest: stored.hash, location: stored.location }),
  ]);
  return hash;
}

const digestOf = (bytes: Uint8Array): ContentHash => digest('sha256', bytes) as ContentHash;

const ask = async (alice: Device, hashes: readonly string[]) => {
  const { body } = await alice.post('/api/v1/grants', { protocol: 1, ...alice.fields, hashes, manifests: true });
  return readGrantsResponseSchema.parse(body);
};

it('tells as many manifests as fit, and names those to be asked for again', async () => {
  const alice = await Device.join(replica.url, 'alice', 'large');
  // Each a third of what one answer holds, and more.
  const chunks = Math.ceil(MAX_MANIFEST_ANSWER_BYTES / 36 / 2.5);
  const hashes = await Promise.all([1, 2, 3, 4, 5].map((index) => committed(alice, `file${index}`, chunks)));
  const first = await ask(alice, hashes);
  expect([first.manifests.length, first.manifests_left.length, first.grants.length]).toEqual([3, 2, 5]);
  const second = await ask(alice, first.manifests_left);
  expect([...first.manifests, ...second.manifests].map(({ hash }) => hash).toSorted()).toEqual(hashes.toSorted());
  expect(second.manifests_left).toEqual([]);
});

it('leaves a manifest out that cannot be read, and gives the grant all the same', async () => {
  const alice = await Device.join(replica.url, 'alice', 'damaged');
  const hashes = [await committed(alice, 'a', 10), await committed(alice, 'b', 10, false)];
  const answer = await ask(alice, hashes);
  expect([answer.manifests.map(({ hash }) => hash), answer.manifests_left, answer.grants.length]).toEqual([hashes.slice(0, 1), [], 2]);
});
