import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiskBlobStore } from '@syncpair/blob';
import { encodeManifest } from '@syncpair/contracts';
import { Database, Fsck, type FsckReport, openDatabase } from '@syncpair/metadata';
import { testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChunkedUpload, hashOf } from '../testing/chunked-upload.ts';
import { CollectActor } from '../testing/collect-actor.ts';
import { CollectWorld, randomDevice } from '../testing/collect-world.ts';
import { backUp } from './back-up.ts';
import { restoreBackup } from './restore-backup.ts';
import { StoreVerifier } from './store-verifier.ts';

const silent = { info: () => undefined, warn: () => undefined };

let world: CollectWorld;
let alice: CollectActor;
beforeAll(async () => {
  world = await CollectWorld.start();
  alice = new CollectActor(world, 'alice');
  await alice.join();
});
afterAll(() => world.close());

const run = (database: Database, verifier: StoreVerifier, repair: boolean): Promise<FsckReport> =>
  new Fsck(database, verifier, { repair, maxProblems: 100, progress: () => undefined }).run();
const fsck = (repair = false): Promise<FsckReport> => run(world.database, new StoreVerifier(world.store), repair);
const pieces = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(300_000));
/** What is wrong, by the first digits of the content. */
const told = ({ problems }: FsckReport): string[] => problems.map(({ kind, hash }) => `${kind} ${hash?.slice(0, 8)}`).toSorted();
const name = (bytes: Uint8Array): string => hashOf(bytes).slice(0, 8);

async function damagePacked(bytes: Uint8Array): Promise<void> {
  const [row] = await world.database.query<{ location: string }>('SELECT location FROM blob WHERE hash = $1', [
    Buffer.from(hashOf(bytes), 'hex'),
  ]);
  const [, pack, offset] = (row as { location: string }).location.split(':') as [string, string, string];
  const file = await open(join(world.folder, 'packs', `${pack}.pack`), 'r+');
  await file.write(Buffer.from('damaged'), 0, 7, Number(offset));
  await file.close();
}

async function download(path: string): Promise<Buffer | number> {
  const answer = await fetch(`${world.url}/download/${path}?client_id=alice&directory=alice&shared=true`);
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : answer.status;
}

interface Asked {
  readonly epoch: string;
  readonly wanted?: { readonly contents: { readonly hash: string }[]; readonly grants: { readonly grant: string }[] };
}

async function negotiate(more: object): Promise<Asked> {
  const body = {
    protocol: 1,
    client_id: 'alice',
    device: randomDevice(),
    directory: 'alice',
    shared: true,
    cursor: '0',
    changes: [],
    ...more,
  };
  const answer = await fetch(`${world.url}/api/v1/negotiate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Asked;
}

it('finds nothing wrong with contents of chunks, and reads each of them whole', async () => {
  const parts = pieces(4);
  await alice.writeChunked('well', parts, true);
  const report = await fsck();
  expect(report).toMatchObject({ problems: [], debris: 0, contents: 6 });
  expect(report.bytes).toBe(2 * 1_200_000 + encodeManifest(parts.map((bytes) => ({ hash: hashOf(bytes), size: 1 }))).length);
});

it('a damaged chunk makes all that lies in it lost, is asked for, and comes back with one upload [STA-06]', async () => {
  const [a, b, c, d, e] = pieces(5) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const [one, two, other] = [[a, b, c, d], [e, b, c, d], pieces(4)];
  const wholes = [one, two].map((parts) => Buffer.concat(parts));
  await alice.writeChunked('one', one, true);
  await alice.writeChunked('two', two, true);
  await alice.writeChunked('other', other, true);
  await damagePacked(b);

  const damaged = [b, ...wholes].map((bytes) => `damaged ${name(bytes)}`).toSorted();
  const found = await fsck();
  expect(told(found)).toEqual(damaged);
  const places = found.problems.find(({ hash }) => hash === hashOf(b))?.places;
  expect(places?.toSorted()).toEqual(['alice: one', 'alice: two']);
  expect(told(await fsck(true)).map((problem) => problem.split(' ')[1])).toEqual(expect.arrayContaining(wholes.map(name)));
  expect(told(await fsck())).toEqual(wholes.map((bytes) => `lost ${name(bytes)}`).toSorted());
  expect(await download('one')).toBe(404);
  expect(hashOf((await download('other')) as Buffer)).toBe(hashOf(Buffer.concat(other)));

  const { epoch } = await negotiate({ epoch: null });
  const { wanted } = await negotiate({ epoch });
  expect(wanted?.contents.map(({ hash }) => hash).toSorted()).toEqual(wholes.map(hashOf).toSorted());
  const grants = wanted?.contents.map(({ hash }, index) => [hash, wanted.grants[index]?.grant ?? ''] as const) ?? [];
  const upload = new ChunkedUpload(world.url, { client_id: 'alice', device: randomDevice(), directory: 'alice', shared: true });
  const { receipt, shown, sent } = await upload.upload(one, new Map(grants).get(hashOf(wholes[0] as Buffer)) as string);
  expect(sent).toEqual([hashOf(b)]);
  // A receipt of the whole does not count while one of its chunks is known to be gone.
  const setState = (state: string) =>
    world.database.query('UPDATE blob SET state = $2 WHERE hash = $1', [Buffer.from(hashOf(c), 'hex'), state]);
  await setState('lost');
  await negotiate({ epoch, receipts: [receipt, ...shown] });
  expect(await download('one')).toBe(404);
  await setState('live');
  await negotiate({ epoch, receipts: [receipt, ...shown] });
  expect(hashOf((await download('one')) as Buffer)).toBe(hashOf(wholes[0] as Buffer));
  // The other content is whole again by the same chunk, and a repair sees it.
  expect(told(await fsck(true))).toEqual([`misplaced ${name(wholes[1] as Buffer)}`]);
  expect(hashOf((await download('two')) as Buffer)).toBe(hashOf(wholes[1] as Buffer));
  expect(told(await fsck())).toEqual([]);
  expect(await world.missing()).toEqual([]);
});

it('a lost content of chunks comes back in one piece from a client that knows of none', async () => {
  const parts = pieces(4);
  const whole = Buffer.concat(parts);
  await alice.writeChunked('old', parts, true);
  await damagePacked(parts[1] as Buffer);
  await fsck(true);
  expect(await download('old')).toBe(404);
  await alice.write('again', whole, false);
  expect(hashOf((await download('old')) as Buffer)).toBe(hashOf(whole));
  expect(told(await fsck())).toEqual([]);
});

it('a backup has chunks and manifests, and the restored storage is well [STA-06]', async () => {
  const parts = pieces(5);
  await alice.writeChunked('kept', parts, true);
  const folder = await mkdtemp(join(tmpdir(), 'syncpair-chunks-backup-'));
  const server = await testDatabase();
  try {
    const { folder: blobDir, databaseUrl } = world;
    const dest = join(folder, 'backup');
    const missing = async (): Promise<number> =>
      (await backUp({ storageDir: blobDir, databaseUrl, blobDir, dest, log: silent, progress: () => undefined })).missing;
    const setState = (state: string) =>
      world.database.query('UPDATE blob SET state = $2 WHERE hash = $1', [Buffer.from(hashOf(parts[3] as Buffer), 'hex'), state]);
    await setState('lost');
    expect(await missing()).toBe(1);
    await setState('live');
    expect(await missing()).toBe(0);
    const storageDir = join(folder, 'storage');
    await restoreBackup({ source: dest, storageDir, databaseUrl: server.url, log: silent, progress: () => undefined });
    const dataSource = await openDatabase({ url: server.url, poolSize: 2, log: silent });
    const store = await openDiskBlobStore(join(storageDir, 'blobs'));
    try {
      const database = new Database(dataSource);
      expect(told(await run(database, new StoreVerifier(store), false))).toEqual([]);
      const rows = await database.query('SELECT 1 FROM manifest_chunk WHERE manifest = $1', [
        Buffer.from(hashOf(Buffer.concat(parts)), 'hex'),
      ]);
      expect(rows).toHaveLength(6);
    } finally {
      await store.close();
      await dataSource.destroy();
    }
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
