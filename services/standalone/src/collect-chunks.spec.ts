import { randomBytes } from 'node:crypto';
import { encodeManifest } from '@syncpair/contracts';
import { type CollectTimes, Collector, collectAll } from '@syncpair/metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChunkedUpload, hashOf } from './testing/chunked-upload.ts';
import { CollectActor } from './testing/collect-actor.ts';
import { CollectWorld, randomDevice } from './testing/collect-world.ts';

const NOW: CollectTimes = { graceMs: 0, idleMs: 0, volumeMs: 0 };

let world: CollectWorld;
let alice: CollectActor;
beforeAll(async () => {
  world = await CollectWorld.start();
  alice = new CollectActor(world, 'alice');
  await alice.join();
});
afterAll(() => world.close());

const large = (): Buffer => randomBytes(70_000);
const pieces = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(300_000));
const manifestOf = (parts: readonly Buffer[]): Buffer =>
  encodeManifest(parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));
const keyOf = (bytes: Uint8Array): Buffer => Buffer.from(hashOf(bytes), 'hex');

/** A whole collection, in which everything is as old as it needs to be. */
async function collect(): Promise<void> {
  await world.agePins();
  await collectAll(world.database, world.upkeep, NOW);
}

async function statesOf(contents: readonly Uint8Array[]): Promise<(string | null)[]> {
  const rows = await world.database.query<{ hash: Buffer; state: string }>('SELECT hash, state FROM blob WHERE hash = ANY($1::bytea[])', [
    contents.map(keyOf),
  ]);
  const states = new Map(rows.map(({ hash, state }) => [hash.toString('hex'), state]));
  return contents.map((bytes) => states.get(hashOf(bytes)) ?? null);
}

async function drop(path: string): Promise<void> {
  await alice.delete(path);
  await alice.forget();
}

const condemnNow = (contents: readonly Uint8Array[], of = world): Promise<unknown> =>
  of.database.query(
    `UPDATE blob SET state = 'condemned', condemned_at = now() - interval '1 day', pinned_until = '-infinity' WHERE hash = ANY($1::bytea[])`,
    [contents.map(keyOf)],
  );

it('chunks and manifest stay while a version has the content, and go in the collection after it', async () => {
  const parts = pieces(4);
  const all = [Buffer.concat(parts), manifestOf(parts), ...parts];
  await alice.writeChunked('whole', parts, true);
  await world.agePins();
  await collectAll(world.database, world.upkeep, { ...NOW, graceMs: 60 * 60_000 });
  // Not even condemned.
  expect(await statesOf(all)).toEqual(all.map(() => 'live'));
  for (let round = 0; round < 2; round += 1) await collect();
  expect(await statesOf(all)).toEqual(all.map(() => 'live'));
  expect(await world.missing()).toEqual([]);

  await drop('whole');
  await collect();
  expect((await statesOf(all))[0]).toBe(null);
  await collect();
  expect(await statesOf(all)).toEqual(all.map(() => null));
  expect(await world.database.query('SELECT 1 FROM manifest_chunk WHERE manifest = $1', [keyOf(all[0] as Buffer)])).toEqual([]);
});

it('a chunk stays while any content consists of it, or it is a content of its own', async () => {
  const [a, b, c, d, e, f] = pieces(6) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  await alice.writeChunked('one', [a, b, c, d], true);
  await alice.writeChunked('two', [a, e, c, f], false);
  await alice.write('three', b, false);
  await drop('one');
  for (let round = 0; round < 3; round += 1) await collect();
  expect(await statesOf([a, b, c, d, e, f])).toEqual(['live', 'live', 'live', null, 'live', 'live']);
  expect(await world.missing()).toEqual([]);
  await drop('two');
  await drop('three');
  for (let round = 0; round < 2; round += 1) await collect();
  expect(await statesOf([a, b, c, d, e, f])).toEqual([null, null, null, null, null, null]);
});

it('what was condemned although something consists of it is judged again before it is removed', async () => {
  const parts = pieces(4);
  await alice.writeChunked('judged', parts, true);
  const inside = [manifestOf(parts), ...parts];
  await condemnNow(inside);
  for (let more = true; more;) ({ more } = await new Collector(world.database, world.upkeep, NOW).sweep());
  expect(await statesOf(inside)).toEqual(inside.map(() => 'live'));
  await condemnNow(inside);
  await collect();
  expect(await statesOf(inside)).toEqual(inside.map(() => 'live'));
  expect(await world.missing()).toEqual([]);
});

it('a commit whose chunk is being removed names nothing of it, and asks for the content again', async () => {
  const parts = pieces(4);
  const bob = new CollectActor(world, 'bob');
  await bob.join();
  await alice.writeChunked('going', parts, true);
  await drop('going');
  await collect();
  // Between the mark and the removal, with the whole gone: what a collection that was killed leaves.
  await condemnNow(parts.slice(0, 1));
  await world.database.query(`UPDATE blob SET state = 'deleting' WHERE hash = $1`, [keyOf(parts[0] as Buffer)]);
  const written = bob.writeChunked('again', parts, true);
  // The upload waits for the removal, and the bytes are sent anew.
  await Promise.all([written, collect()]);
  for (let round = 0; round < 2; round += 1) await collect();
  expect(bob.spurious).toBe(0);
  expect(await world.missing()).toEqual([]);
  expect(await statesOf(parts)).toEqual(parts.map(() => 'live'));
});

it('a commit that meets a removed chunk writes nothing, though the receipt of the whole is good', async () => {
  // A world of its own: packs are removed as they lie, with all that is in them.
  const own = await CollectWorld.start();
  try {
    const parts = pieces(4);
    const carol = new CollectActor(own, 'carol');
    await carol.join();
    let uploads = 0;
    await carol.writeChunkedWhen('late', parts, async () => {
      uploads += 1;
      if (uploads > 1) return;
      // Every pin has run out, and the collection was there first.
      await condemnNow(parts, own);
      for (let more = true; more;) ({ more } = await new Collector(own.database, own.upkeep, NOW).sweep());
      const volumes: string[] = [];
      for await (const { id } of own.store.volumes(0)) volumes.push(id);
      for (const id of volumes)
        for await (const { hash } of own.store.contentsOf(id)) if (hash === hashOf(parts[2] as Buffer)) await own.store.removeVolume(id);
    });
    expect([uploads, carol.spurious]).toEqual([2, 1]);
    expect(await own.missing()).toEqual([]);
  } finally {
    await own.close();
  }
});

it('claimed chunks stay for as long as the claim, and are collected afterwards', async () => {
  const parts = pieces(3);
  const fields = { client_id: 'alice', device: randomDevice(), directory: 'alice', shared: true };
  const upload = new ChunkedUpload(world.url, fields);
  const receipt = await upload.send(parts, (await upload.ask(parts.map(hashOf))).grants);
  await upload.ask([], [receipt]);
  for (let round = 0; round < 2; round += 1) await collectAll(world.database, world.upkeep, NOW);
  expect(await statesOf(parts)).toEqual(['live', 'live', 'live']);
  expect((await upload.ask(parts.map(hashOf))).needed).toEqual([]);
  await world.database.query(`UPDATE chunk_claim SET until = now() - interval '1 second'`);
  await collect();
  expect(await statesOf(parts)).toEqual([null, null, null]);
  expect(await world.database.query('SELECT 1 FROM chunk_claim')).toEqual([]);
});

it('a chunk moves to another pack when most of its own is garbage, and the contents that consist of it are found', async () => {
  const [a, b, c, d, e, f, g] = pieces(7) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
  await alice.writeChunked('before', [a, b, c, d], true);
  await alice.writeChunked('after', [a, e, f, g], true);
  const placeOf = async (bytes: Buffer): Promise<unknown> =>
    (await world.database.query('SELECT location FROM blob WHERE hash = $1', [keyOf(bytes)]))[0];
  const place = await placeOf(a);
  await drop('before');
  for (let round = 0; round < 3; round += 1) await collect();
  expect(await placeOf(a)).not.toEqual(place);
  expect(await statesOf([a, b, c, d])).toEqual(['live', null, null, null]);
  expect(await world.missing()).toEqual([]);
});

it('the database itself keeps a part from being removed, whatever an older collector knows', async () => {
  const parts = pieces(4);
  await alice.writeChunked('guarded', parts, true);
  const inside = [manifestOf(parts), ...parts];
  await condemnNow(inside);
  // As the collector of the version before judges: only versions count.
  const marked = await world.database.query(
    `UPDATE blob b SET state = CASE WHEN EXISTS (SELECT FROM version v WHERE v.hash = b.hash) THEN 'live' ELSE 'deleting' END
     WHERE b.hash = ANY($1::bytea[]) RETURNING 1`,
    [inside.map(keyOf)],
  );
  expect(marked).toHaveLength(5);
  expect(await statesOf(inside)).toEqual(inside.map(() => 'live'));
});

it('the database itself forgets what a content consisted of that an older collector removes', async () => {
  const parts = pieces(4);
  await alice.writeChunked('removed', parts, true);
  await drop('removed');
  const whole = Buffer.concat(parts);
  await condemnNow([whole]);
  await world.database.query(`DELETE FROM blob WHERE hash = $1`, [keyOf(whole)]);
  for (let round = 0; round < 2; round += 1) await collect();
  expect(await statesOf([manifestOf(parts), ...parts])).toEqual([null, null, null, null, null]);
});

it('the database itself refuses a content that lies in chunks and is named without them', async () => {
  const whole = large();
  await alice.write('bare', whole, false);
  await expect(
    world.database.query(`UPDATE blob SET location = $2 WHERE hash = $1`, [keyOf(whole), `manifest:${hashOf(whole)}:x`]),
  ).rejects.toThrow(/lies in chunks, and is named without them/);
  expect(await world.missing()).toEqual([]);
});

it('no content that lies in chunks is ever named without them', async () => {
  const rows = await world.database.query(
    `SELECT 1 FROM blob b WHERE b.location LIKE 'manifest:%' AND NOT EXISTS (SELECT FROM manifest_chunk m WHERE m.manifest = b.hash)`,
  );
  expect(rows).toEqual([]);
});
