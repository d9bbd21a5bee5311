import { createHash, randomBytes } from 'node:crypto';
import { GRANT_HEADER } from '@syncpair/contracts';
import { Collector, CollectorJob, collectAll } from '@syncpair/metadata';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CollectActor } from './testing/collect-actor.ts';
import { CollectWorld, randomDevice } from './testing/collect-world.ts';

const fail = (message: string): never => {
  throw new Error(message);
};
const NOW = { graceMs: 0, idleMs: 0, volumeMs: 0 };
const HOUR = 60 * 60_000;

let world: CollectWorld;
let alice: CollectActor;
beforeAll(async () => {
  world = await CollectWorld.start();
  alice = new CollectActor(world, 'alice');
  await alice.join();
});
afterAll(() => world.close());

const large = (): Buffer => randomBytes(70_000);
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const keyOf = (bytes: Buffer): Buffer => Buffer.from(hashOf(bytes), 'hex');
const collect = (times = NOW) => collectAll(world.database, world.upkeep, times);
const isStored = async (bytes: Buffer): Promise<boolean> => (await world.store.stat({ hash: hashOf(bytes) as never })) !== null;

async function stateOf(bytes: Buffer): Promise<string | null> {
  const [row] = await world.database.query<{ state: string }>('SELECT state FROM blob WHERE hash = $1', [keyOf(bytes)]);
  return row?.state ?? null;
}

/** A content that no version has any more and nobody uploads. */
async function garbage(path: string, bytes = large()): Promise<Buffer> {
  await alice.write(path, bytes, false);
  await alice.delete(path);
  await alice.forget();
  await world.agePins();
  return bytes;
}

const negotiate = async (directory: string, changes: object[], epoch: string | null, more: object = {}) => {
  const fields = { protocol: 1, client_id: directory, device: randomDevice(), directory, shared: true, cursor: '0' };
  const answer = await fetch(`${world.url}/api/v1/negotiate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, epoch, changes, ...more }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`negotiate answered ${answer.status} ${text}`);
  return JSON.parse(text) as { epoch: string; outcomes: { status: string }[]; grants: { grant: string }[] };
};
const put = (path: string, bytes: Buffer) => ({
  op: 'put',
  id: randomDevice(),
  path,
  base: null,
  entry: { kind: 'file', hash: hashOf(bytes), size: bytes.length, mtime: '1700000000000000000', executable: false },
});

it('a round through all contents is followed by a rest, whichever replica made it', async () => {
  const turn = () => new CollectorJob(world.database, world.upkeep, { ...NOW, graceMs: HOUR }, fail).turn();
  const found = await garbage('found');
  await turn();
  const later = await garbage('later');
  await turn();
  expect([await stateOf(found), await stateOf(later)]).toEqual(['condemned', 'live']);
  await world.database.query("UPDATE upkeep SET at = at - interval '1 hour'");
  await turn();
  expect(await stateOf(later)).toBe('condemned');
});

it('a content goes when no version has it and its grace is over, and not before', async () => {
  const bytes = await garbage('waits');
  await collect({ ...NOW, graceMs: HOUR });
  expect(await stateOf(bytes)).toBe('condemned');
  await collect({ ...NOW, graceMs: HOUR });
  expect(await isStored(bytes)).toBe(true);
  // The store itself spares what was put lately.
  await collect({ ...NOW, idleMs: HOUR });
  expect(await stateOf(bytes)).toBe('condemned');
  expect(await isStored(bytes)).toBe(true);
  expect((await collect()).removed).toBeGreaterThan(0);
  expect(await stateOf(bytes)).toBe(null);
  expect(await isStored(bytes)).toBe(false);
});

it('what is pinned or referred to stays, whatever was said of it before', async () => {
  const [referred, pinned] = [large(), await garbage('pinned')];
  await alice.write('referred', referred, false);
  await world.agePins();
  await world.database.query(`UPDATE blob SET state = 'condemned', condemned_at = now() - interval '1 day' WHERE hash = ANY($1::bytea[])`, [
    [keyOf(referred), keyOf(pinned)],
  ]);
  await world.database.query(`UPDATE blob SET pinned_until = now() + interval '1 hour' WHERE hash = $1`, [keyOf(pinned)]);
  // The mark judges for itself: what has condemned them may have seen an older moment.
  for (let more = true; more;) ({ more } = await new Collector(world.database, world.upkeep, NOW).sweep());
  expect([await stateOf(referred), await stateOf(pinned)]).toEqual(['live', 'condemned']);
  expect([await isStored(referred), await isStored(pinned)]).toEqual([true, true]);
});

it('a commit that looked before the mark and judges after it sees the mark: it asks for the content', async () => {
  const [going, staying] = [await garbage('going'), large()];
  await alice.write('staying', staying, false);
  const { epoch } = await negotiate('marked', [], null);
  const receipts: string[] = [];
  for (const bytes of [going, staying]) {
    const { grants } = await negotiate('marked', [put('x', bytes)], epoch);
    // The other one is known from alice's directory.
    if (grants.length === 0) continue;
    const headers = { 'content-type': 'application/octet-stream', [GRANT_HEADER]: (grants[0] as { grant: string }).grant };
    const answer = await fetch(`${world.url}/blobs/${hashOf(bytes)}`, { method: 'PUT', headers, body: new Uint8Array(bytes) });
    receipts.push(((await answer.json()) as { receipt: string }).receipt);
  }
  expect(receipts).toHaveLength(1);
  // As a collection that goes wrong, or runs by another clock: marked, the bytes gone, the row not yet.
  await world.database.query(`UPDATE blob SET state = 'deleting' WHERE hash = $1`, [keyOf(going)]);
  await world.store.delete({ hash: hashOf(going) as never });
  const answer = negotiate('marked', [put('going', going), put('stays', staying)], epoch, { receipts });
  await world.database.query('SELECT pg_sleep(0.2)');
  await collect();
  const { outcomes, grants } = await answer;
  expect(outcomes.map(({ status }) => status)).toEqual(['needs_content', 'committed']);
  expect(grants).toHaveLength(1);
  expect(await stateOf(going)).toBe('pending');
});

it('a write grant pins what it is for, until it and a receipt have run out', async () => {
  const bytes = large();
  const { epoch } = await negotiate('granted', [], null);
  expect((await negotiate('granted', [put('x', bytes)], epoch)).grants).toHaveLength(1);
  const pinned = () =>
    world.database.query(`SELECT state, pinned_until > now() + interval '74 minutes' AS "isLong" FROM blob WHERE hash = $1`, [
      keyOf(bytes),
    ]);
  expect(await pinned()).toEqual([{ state: 'pending', isLong: true }]);
  await collect();
  expect(await pinned()).toEqual([{ state: 'pending', isLong: true }]);
});

it('a collection that was killed between mark and removal is finished by the next', async () => {
  const bytes = await garbage('killed');
  await world.database.query(`UPDATE blob SET state = 'deleting' WHERE hash = $1`, [keyOf(bytes)]);
  await collect({ ...NOW, graceMs: HOUR });
  expect(await stateOf(bytes)).toBe(null);
  expect(await isStored(bytes)).toBe(false);
});

it('a content that somebody asks for at this moment is removed all the same, so that it can come again', async () => {
  const bytes = await garbage('asked for');
  await world.database.query(`UPDATE blob SET state = 'deleting' WHERE hash = $1`, [keyOf(bytes)]);
  const asker = new pg.Client({ connectionString: world.databaseUrl });
  await asker.connect();
  try {
    await asker.query('BEGIN');
    await asker.query('SELECT FROM blob WHERE hash = $1 FOR UPDATE', [keyOf(bytes)]);
    const collected = collect();
    await expect
      .poll(async () => (await world.database.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).length)
      .toBeGreaterThan(0);
    await asker.query('ROLLBACK');
    await collected;
  } finally {
    await asker.end();
  }
  expect(await stateOf(bytes)).toBe(null);
  expect(await isStored(bytes)).toBe(false);
});

it('nothing is removed while somebody else collects or copies', async () => {
  const bytes = await garbage('copied');
  const copier = new pg.Client({ connectionString: world.databaseUrl });
  await copier.connect();
  try {
    await copier.query('SELECT pg_advisory_lock_shared(7449355549118358)');
    expect((await collect()).removed).toBe(0);
    expect(await isStored(bytes)).toBe(true);
  } finally {
    await copier.end();
  }
  await expect
    .poll(
      async () => {
        await collect();
        return isStored(bytes);
      },
      { timeout: 30_000 },
    )
    .toBe(false);
});

it('packs that hold little else than garbage are rewritten, and what is left can be read all the time', async () => {
  const kept = randomBytes(400);
  await alice.write('kept', kept, true);
  for (let index = 0; index < 40; index += 1) await alice.write('overwritten', randomBytes(4_000), true);
  await alice.forget();
  await world.agePins();
  const size = async (): Promise<number> => {
    let bytes = 0;
    for await (const volume of world.store.volumes(0)) bytes += volume.bytes;
    return bytes;
  };
  await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(100_000);
  let moved = 0;
  for (let round = 0; round < 3; round += 1) moved += (await collect()).moved;
  expect(moved).toBeGreaterThan(0);
  expect(await size()).toBeLessThan(60_000);
  expect(await world.missing()).toEqual([]);
});
