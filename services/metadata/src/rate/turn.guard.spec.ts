import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

const LIMITS = { perSecond: 20, burst: 10 };
let database: TestDatabase;
let replica: Replica;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url, { rate: LIMITS });
});
afterAll(async () => {
  await replica.close();
  await database.close();
});

const heads = (client: string): Promise<Response> =>
  fetch(`${replica.url}/api/v1/conflicts?${new URLSearchParams({ client_id: client, directory: 'team', shared: 'true' })}`);

test('a client that piles requests up waits for its turn, then is refused with the time to wait; another one is served meanwhile', async () => {
  const wild = Promise.all(Array.from({ length: 100 }, () => heads('wild')));
  const calm = await Promise.all([heads('calm'), heads('calm')]);
  expect(calm.map(({ status }) => status)).toEqual([200, 200]);
  const answers = await wild;
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(100);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await refused[0]?.json()).toMatchObject({ error: { code: 'rate_limited', message: expect.stringContaining('"wild"') } });
});

test('a client that waits for each answer is slowed down and never refused, whether its id stands in the query or in the body', async () => {
  const begun = performance.now();
  const device = await Device.join(replica.url, 'patient', 'team');
  for (let count = 0; count < 20; count += 1) {
    await device.send({ changes: [device.dir(`folder ${count}`)] });
    expect((await heads('patient')).status).toBe(200);
  }
  // 41 requests: ten at once, the others at twenty a second.
  expect(performance.now() - begun).toBeGreaterThan(1_400);
});

test('requests that name no client, or nothing that can be one, get what they would get anyway', async () => {
  const statuses = await Promise.all(Array.from({ length: 60 }, () => fetch(`${replica.url}/health`).then(({ status }) => status)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const strange = await Promise.all(['x'.repeat(1_000), ''].map((client) => heads(client)));
  expect(strange.map(({ status }) => status)).toEqual([400, 400]);
});
