import { connect } from 'node:net';
import type { ChangeJson, OutcomeJson } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let directories = 0;
const freshDirectory = (): string => `replay-${(directories += 1)}`;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});

/** Sends a request and leaves at the first byte of its answer, as a client whose connection breaks. */
async function sendAndLoseReply(path: string, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const { hostname, port } = new URL(replica.url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      ),
    );
    socket.once('data', () => {
      socket.resetAndDestroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/** What a negotiate request of this device looks like, with the contents of its puts inside. */
const requestOf = (device: Device, changes: ChangeJson[], contents: Record<string, string>) => ({
  protocol: 1,
  ...device.fields,
  epoch: device.epoch,
  cursor: device.cursor,
  changes,
  contents,
});

test('I14: every kind of answer stays the same when its request is sent again and again (R11)', async () => {
  const directory = freshDirectory();
  const alice = await Device.join(replica.url, 'alice', directory);
  const bob = await Device.join(replica.url, 'bob', directory);
  await alice.send({ changes: [alice.put('a', 'a'), alice.put('b', 'b'), alice.put('c', 'c'), alice.put('d/e', 'e')] });
  await alice.send({
    changes: [alice.put('a', 'a2', { base: '1.0', mtime: 1_800_000_000_000_000_000n }), alice.put('b', 'b2', { base: '1.1' })],
  });
  const changes = [
    bob.put('new', 'new'),
    bob.put('a', 'lost', { base: '1.0' }),
    bob.put('b', 'b', { base: '1.1', executable: true }),
    bob.delete('c', '1.2'),
    bob.move('d', 'f', '1.3'),
    bob.put('f/g', 'g'),
  ];
  const first = await bob.send({ changes });
  expect(first.outcomes.map(({ status }) => status)).toEqual(['committed', 'lost', 'merged', 'committed', 'committed', 'committed']);
  for (const again of [changes, changes.slice(2), [changes[1] as ChangeJson], changes]) {
    const answer = await bob.send({ changes: again });
    const expected = first.outcomes.filter(({ id }) => again.some((change) => change.id === id));
    expect(answer.outcomes).toEqual(expected);
    expect([answer.head, answer.conflicts]).toEqual([first.head, 1]);
  }
});

test('a change whose answer was lost is committed once (R11)', async () => {
  const alice = await Device.join(replica.url, 'alice', freshDirectory());
  for (let round = 1; round <= 5; round += 1) {
    const text = `round ${round}`;
    const change = alice.put(`f${round}`, text);
    const contents = { [(change as { entry: { hash: string } }).entry.hash]: Buffer.from(text).toString('base64') };
    await sendAndLoseReply('/api/v1/negotiate', requestOf(alice, [change], contents));
    const answer = await alice.send({ changes: [change], contents });
    expect(answer.outcomes).toEqual([{ id: change.id, status: 'committed', version: `${round}.0`, conflict: null }]);
    expect(answer.head).toBe(String(round));
  }
});

test('many at once send the same change: one commit, one answer (R11)', async () => {
  const alice = await Device.join(replica.url, 'alice', freshDirectory());
  const change = alice.put('f', 'text');
  const body = requestOf(alice, [change], { [(change as { entry: { hash: string } }).entry.hash]: Buffer.from('text').toString('base64') });
  const answers = await Promise.all(Array.from({ length: 20 }, () => alice.post('/api/v1/negotiate', body)));
  const outcomes = answers.map((answer) => (answer.body as { outcomes: OutcomeJson[] }).outcomes[0]);
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
  expect((await alice.send({ changes: [] })).head).toBe('1');
});

test('a losing change in a group of requests fails none of the others (R12)', async () => {
  const directory = freshDirectory();
  const alice = await Device.join(replica.url, 'alice', directory);
  const base = await alice.commit(alice.put('f', 'base'));
  const devices = await Promise.all(Array.from({ length: 12 }, (_, index) => Device.join(replica.url, `d${index}`, directory)));
  const answers = await Promise.all(
    devices.map((device, index) =>
      device.send({ changes: [device.put('f', `edit ${index}`, { base }), device.put(`own-${index}`, 'own')] }),
    ),
  );
  for (const { outcomes } of answers) {
    expect(['committed', 'lost']).toContain(outcomes[0]?.status);
    expect(outcomes[1]?.status).toBe('committed');
  }
  const { head, conflicts, commits } = await alice.send({ changes: [] });
  expect([head, conflicts]).toEqual(['13', 11]);
  expect(commits.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 12 }, (_, index) => index + 2));
});

test('a backend that is killed inside of a transaction: an answer that says try again, and the repeat works', async () => {
  const directory = freshDirectory();
  const alice = await Device.join(replica.url, 'alice', directory);
  const change = alice.put('f', 'text');
  const body = requestOf(alice, [change], { [(change as { entry: { hash: string } }).entry.hash]: Buffer.from('text').toString('base64') });
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT FROM directory WHERE key = $1 FOR UPDATE', [directory]);
    const waiting = alice.post('/api/v1/negotiate', body);
    await expect
      .poll(
        async () =>
          (
            await other.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'syncpair-metadata' AND wait_event_type = 'Lock'`,
            )
          ).rowCount,
        { timeout: 30_000 },
      )
      .toBe(1);
    expect(await waiting).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
  } finally {
    await other.query('ROLLBACK');
    await other.end();
  }
  expect(await alice.post('/api/v1/negotiate', body)).toMatchObject({
    status: 200,
    body: { outcomes: [{ status: 'committed', version: '1.0' }] },
  });
});

test('all connections killed while idle: the next request does not notice', async () => {
  const alice = await Device.join(replica.url, 'alice', freshDirectory());
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'syncpair-%'",
  );
  await other.end();
  await expect.poll(async () => (await fetch(`${replica.url}/health`)).status, { timeout: 30_000 }).toBe(200);
  expect(await alice.commit(alice.put('f', 'text'))).toBe('1.0');
});

test('how far a device is, is written down and told', async () => {
  const directory = freshDirectory();
  const alice = await Device.join(replica.url, 'alice', directory);
  const bob = await Device.join(replica.url, 'bob', directory);
  await alice.send({ changes: [alice.put('a', 'a')] });
  await alice.send({ changes: [alice.put('b', 'b')] });
  await bob.send({ changes: [] });
  await bob.send({ changes: [], applied: '1' });
  await alice.send({ changes: [], applied: '2' });
  const query = new URLSearchParams({ client_id: 'alice', directory, shared: 'true' });
  const devices = async () => (await (await fetch(`${replica.url}/api/v1/devices?${query}`)).json()) as { head: string; devices: object[] };
  const told = await devices();
  expect(told.head).toBe('2');
  expect(told.devices).toHaveLength(2);
  expect(told.devices).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ device: alice.id, client: 'alice', applied: '2', connected: false }),
      expect.objectContaining({ device: bob.id, client: 'bob', applied: '1', connected: false }),
    ]),
  );
});
