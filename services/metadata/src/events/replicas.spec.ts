import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { EventReader } from '../testing/event-reader.ts';
import { MemoryContentStore } from '../testing/memory-content-store.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
/** Where notifications go that nobody hears: PostgreSQL delivers them inside one database only. */
let elsewhere: TestDatabase;
let one: Replica;
let two: Replica;
/** A replica whose notifications are lost, both ways. */
let deaf: Replica;

beforeAll(async () => {
  [database, elsewhere] = [await testDatabase(), await testDatabase()];
  const store = new MemoryContentStore();
  one = await startReplica(database.url, { store });
  [two, deaf] = await Promise.all([
    startReplica(database.url, { store }),
    startReplica(database.url, { store, directDatabaseUrl: elsewhere.url }),
  ]);
});
afterAll(async () => {
  await Promise.all([one, two, deaf].map((replica) => replica.close()));
  await database.close();
  await elsewhere.close();
});

test('I15: many commit to one directory at two replicas; the log has no gap, and each reader is led through all of it (R16)', async () => {
  const directory = 'busy';
  const devices = await Promise.all(
    Array.from({ length: 16 }, (_, index) => Device.join((index % 2 === 0 ? one : two).url, `device-${index}`, directory)),
  );
  const readers = await Promise.all([one, two, one, two].map(({ url }) => EventReader.open(url, [directory])));
  const rounds = 15;
  await Promise.all(
    devices.map(async (device, index) => {
      for (let round = 0; round < rounds; round += 1) {
        const { outcomes } = await device.send({ changes: [device.put(`${index}/${round}`, `text ${round}`)] });
        expect(outcomes[0]?.status).toBe('committed');
      }
    }),
  );
  const total = devices.length * rounds;
  const late = await Device.join(two.url, 'late', directory);
  const seqs: number[] = [];
  for (let more = true; more;) {
    const answer = await late.send({ changes: [] });
    seqs.push(...answer.commits.map(({ seq }) => Number(seq)));
    more = answer.more;
  }
  expect(seqs).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  for (const reader of readers) {
    await reader.until(() => reader.seq >= total);
    const read = reader.seqs;
    expect(read).toEqual(read.toSorted((a, b) => a - b));
    expect(reader.seq).toBe(total);
    reader.close();
  }
});

test('a commit at one replica reaches a reader at another, and its own', async () => {
  const alice = await Device.join(one.url, 'alice', 'pair');
  const readers = await Promise.all([one, two].map(({ url }) => EventReader.open(url, ['pair'])));
  await alice.commit(alice.put('f', 'text'));
  for (const reader of readers) {
    await reader.until((events) => events.length >= 2);
    expect(reader.events[1]).toMatchObject({ type: 'commits', directory: 'pair', previous: '0', seq: '1', commits: [{ author: 'alice' }] });
    reader.close();
  }
});

test('lost notifications cost time only: the regular look at the heads finds what was committed elsewhere (R17)', async () => {
  const alice = await Device.join(one.url, 'alice', 'quiet');
  const bob = await Device.join(deaf.url, 'bob', 'quiet');
  const [hears, doesNot] = await Promise.all([EventReader.open(one.url, ['quiet']), EventReader.open(deaf.url, ['quiet'])]);
  await alice.commit(alice.put('a', 'a'));
  await doesNot.until(() => doesNot.seq === 1);
  await bob.commit(bob.put('b', 'b'));
  await hears.until(() => hears.seq === 2);
  expect([doesNot.seqs[0], hears.seqs]).toEqual([1, [1, 2]]);
  hears.close();
  doesNot.close();
});

test('a HEAD of the event stream ends', async () => {
  const query = new URLSearchParams({ client_id: 'alice', directory: 'pair', shared: 'true' });
  const answer = await fetch(`${one.url}/events?${query}`, { method: 'HEAD', signal: AbortSignal.timeout(20_000) });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
  expect((await fetch(`${one.url}/events?client_id=..`, { method: 'HEAD' })).status).toBe(400);
});

test('a device counts as connected while its stream is open, at every replica', async () => {
  const alice = await Device.join(one.url, 'alice', 'present');
  await alice.send({ changes: [] });
  const query = new URLSearchParams({ client_id: 'alice', directory: 'present', shared: 'true' });
  const connected = async (replica: Replica) => {
    const { devices } = (await (await fetch(`${replica.url}/api/v1/devices?${query}`)).json()) as { devices: { connected: boolean }[] };
    return devices.map((device) => device.connected);
  };
  await expect.poll(() => connected(one), { timeout: 20_000 }).toEqual([false]);
  const reader = await EventReader.open(one.url, ['present'], alice.id);
  await expect.poll(() => connected(two), { timeout: 20_000 }).toEqual([true]);
  reader.close();
  await expect.poll(() => connected(two), { timeout: 20_000 }).toEqual([false]);
});
