import { hash as digest, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Fsck, type FsckReport, collectAll } from '@syncpair/metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CollectActor } from '../testing/collect-actor.ts';
import { CollectWorld } from '../testing/collect-world.ts';
import { StoreVerifier } from './store-verifier.ts';

let world: CollectWorld;
let alice: CollectActor;
beforeAll(async () => {
  world = await CollectWorld.start();
  alice = new CollectActor(world, 'alice');
  await alice.join();
});
afterAll(() => world.close());

const fsck = (repair = false): Promise<FsckReport> =>
  new Fsck(world.database, new StoreVerifier(world.store), { repair, maxProblems: 100, progress: () => undefined }).run();
const kinds = ({ problems }: FsckReport): string[] => problems.map(({ kind, repaired }) => `${kind}${repaired ? ' mended' : ''}`).sort();
const fileOf = (hash: string): string => join(world.folder, 'objects', hash.slice(0, 2), hash);
const large = (): { bytes: Buffer; hash: string } => {
  const bytes = randomBytes(1_500_000);
  return { bytes, hash: digest('sha256', bytes) };
};
const small = (): { bytes: Buffer; hash: string } => {
  const bytes = randomBytes(500);
  return { bytes, hash: digest('sha256', bytes) };
};

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.from([(byte[0] as number) ^ 0xff]), 0, 1, at);
  await file.close();
}

async function locationOf(hash: string): Promise<string> {
  const [row] = await world.database.query<{ location: string }>('SELECT location FROM blob WHERE hash = $1', [Buffer.from(hash, 'hex')]);
  return (row as { location: string }).location;
}

async function damagePacked(hash: string): Promise<void> {
  const [, pack, offset] = (await locationOf(hash)).split(':') as [string, string, string];
  await flipByte(join(world.folder, 'packs', `${pack}.pack`), Number(offset) + 7);
}

async function download(path: string): Promise<{ status: number; bytes: Buffer }> {
  const answer = await fetch(`${world.url}/download/${path}?client_id=alice&directory=alice&shared=true`);
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
}

it('finds nothing in a storage that is well, also while it is worked with', async () => {
  const [a, b] = [large(), small()];
  await alice.write('a', a.bytes, false);
  await alice.write('b', b.bytes, true);
  const [report] = await Promise.all([fsck(), alice.write('c', large().bytes, false), alice.write('d', small().bytes, true)]);
  expect(report).toMatchObject({ problems: [], found: 0, debris: 0 });
  expect(await fsck()).toMatchObject({ problems: [], contents: 4 });
});

it('tells what is missing and damaged, alone and in packs; never serves it, and takes it again from whoever has it [STA-06]', async () => {
  const [gone, flipped, packed] = [large(), large(), small()];
  await alice.write('gone', gone.bytes, false);
  await alice.write('flipped', flipped.bytes, false);
  await alice.write('packed', packed.bytes, true);
  await rm(fileOf(gone.hash));
  await flipByte(fileOf(flipped.hash), 1_000_000);
  await damagePacked(packed.hash);

  const found = await fsck();
  expect(kinds(found)).toEqual(['damaged', 'damaged', 'missing']);
  expect(found.problems.find(({ kind }) => kind === 'missing')).toMatchObject({ hash: gone.hash, places: ['alice: gone'] });
  expect((await download('gone')).status).toBe(404);

  expect(kinds(await fsck(true))).toEqual(['damaged', 'damaged', 'missing']);
  expect(kinds(await fsck())).toEqual(['lost', 'lost', 'lost']);
  expect(await readdir(join(world.folder, 'quarantine'))).toEqual([expect.stringContaining(flipped.hash)]);
  for (const path of ['gone', 'flipped', 'packed']) expect((await download(path)).status).toBe(404);

  // One comes back as a file out of an old copy of the disk.
  await mkdir(dirname(fileOf(gone.hash)), { recursive: true });
  await writeFile(fileOf(gone.hash), gone.bytes);
  expect(kinds(await fsck(true))).toEqual(['lost', 'lost', 'misplaced mended']);
  expect((await download('gone')).bytes.equals(gone.bytes)).toBe(true);

  await alice.write('again1', gone.bytes, false);
  await alice.write('again2', flipped.bytes, false);
  await alice.write('again3', packed.bytes, true);
  expect(kinds(await fsck())).toEqual([]);
  expect((await download('flipped')).bytes.equals(flipped.bytes)).toBe(true);
});

it('mends rows that tell no place or a wrong one, and indexes that do not fit their packs', async () => {
  const [unrecorded, misplaced, packed] = [large(), large(), small()];
  await alice.write('unrecorded', unrecorded.bytes, false);
  await alice.write('misplaced', misplaced.bytes, false);
  await alice.write('in-a-pack', packed.bytes, true);
  await world.database.query('DELETE FROM blob WHERE hash = $1', [Buffer.from(unrecorded.hash, 'hex')]);
  await world.database.query("UPDATE blob SET location = 'loose:17' WHERE hash = $1", [Buffer.from(misplaced.hash, 'hex')]);
  await world.database.query("UPDATE blob SET location = 'pack:000000000000000000000000:52:500' WHERE hash = $1", [
    Buffer.from(packed.hash, 'hex'),
  ]);
  expect(kinds(await fsck())).toEqual(['misplaced', 'misplaced', 'misplaced']);
  expect(kinds(await fsck(true))).toEqual(['misplaced mended', 'misplaced mended', 'misplaced mended']);
  expect(kinds(await fsck())).toEqual([]);
  expect(await locationOf(misplaced.hash)).toBe('loose:1500000');

  for (let index = 0; index < 14; index += 1) await alice.write(`many${index}`, small().bytes, true);
  const packs = join(world.folder, 'packs');
  await expect
    .poll(async () => (await readdir(packs)).filter((name) => name.endsWith('.idx')).length, { timeout: 20_000 })
    .toBeGreaterThan(0);
  const index = join(packs, (await readdir(packs)).find((name) => name.endsWith('.idx')) as string);
  const right = await readFile(index);
  await flipByte(index, 20);
  expect(kinds(await fsck())).toEqual(['index']);
  expect(kinds(await fsck(true))).toEqual(['index mended']);
  expect((await readFile(index)).equals(right)).toBe(true);
  expect(kinds(await fsck())).toEqual([]);
});

it('counts what nobody refers to as debris, which a repair leaves to garbage collection', async () => {
  const orphan = large();
  await world.store.put({ hash: orphan.hash as never, maxBytes: 2_000_000 }, Readable.from([orphan.bytes]));
  await writeFile(join(world.folder, 'objects', 'notes.txt'), 'not ours');
  expect(await fsck()).toMatchObject({ problems: [], debris: 2 });
  expect(await fsck(true)).toMatchObject({ problems: [], debris: 2 });
  await rm(join(world.folder, 'objects', 'notes.txt'));
  expect(await fsck()).toMatchObject({ problems: [], debris: 0 });
  const collected = await collectAll(world.database, world.upkeep, { graceMs: 0, idleMs: 0, volumeMs: 0 });
  expect(collected.removed).toBeGreaterThan(0);
  expect(await world.store.stat({ hash: orphan.hash as never })).toBe(null);
  expect(await fsck()).toMatchObject({ problems: [], debris: 0 });
});

it('tells of heads that are no versions', async () => {
  await alice.write('headless', large().bytes, false);
  await world.database.query("DELETE FROM version WHERE path = 'headless'");
  const { problems } = await fsck();
  expect(problems).toEqual([expect.objectContaining({ kind: 'row', places: ['alice: headless'], repaired: false })]);
});
