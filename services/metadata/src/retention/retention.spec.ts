import { hash } from 'node:crypto';
import type { HistoryItem, RetentionResponse } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';
import { measureDirectory } from './measure-directory.ts';
import { RetentionJob } from './retention-job.ts';
import { retentionStep } from './retention-step.ts';
import { SETTLE_MS } from './steady-clock.ts';

const DAY = 86_400_000;

let server: TestDatabase;
let dataSource: DataSource;
let database: Database;
let replica: Replica;
let alice: Device;
let id: number;
let directories = 0;
/** The server's clock. */
let now = Date.parse('2026-03-01T00:00:00Z');

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  database = new Database(dataSource);
  replica = await startReplica(server.url, { clock: () => now });
});
afterAll(async () => {
  await replica.close();
  await dataSource.destroy();
  await server.close();
});
beforeEach(async () => {
  alice = await Device.join(replica.url, 'alice', `retention-${(directories += 1)}`);
  const [row] = await database.query<{ id: number }>('SELECT id FROM directory WHERE key = $1', [alice.directory]);
  id = (row as { id: number }).id;
});

const names = () => ({ client_id: 'alice', directory: alice.directory, shared: true });
const query = (more: Record<string, string> = {}): string => new URLSearchParams({ ...names(), shared: 'true', ...more }).toString();
const get = (path: string, more: Record<string, string> = {}): Promise<Response> => fetch(`${replica.url}${path}?${query(more)}`);

/** Lets everything expire that has to by now, as the job does, in however many steps. */
async function expire(): Promise<void> {
  await measureDirectory(database, id, now);
  while (await retentionStep(database, id, now));
}
/** A device tells how far it is, and that it is still there. */
async function seen(device: Device): Promise<void> {
  await device.send({ changes: [] });
  await device.send({ changes: [] });
  await get('/api/v1/devices');
}
async function history(): Promise<string[]> {
  const { versions } = (await (await get('/api/v1/history')).json()) as { versions: HistoryItem[] };
  return versions.map(({ version, path }) => `${version} ${path}`);
}
const rows = async (table: string): Promise<number> =>
  Number((await database.query<{ count: string }>(`SELECT count(*) FROM ${table} WHERE directory = $1`, [id]))[0]?.count);
const live = async (): Promise<string[]> =>
  (await (await get('/api/v1/tree')).text()).split('\n').flatMap((line) => /"path":"([^"]*)"/.exec(line)?.[1] ?? []);
const contents = async (): Promise<number> =>
  Number(
    (await database.query<{ count: string }>('SELECT count(DISTINCT hash) FROM version WHERE directory = $1 AND hash IS NOT NULL', [id]))[0]
      ?.count,
  );
const setRetention = async (body: object): Promise<RetentionResponse> =>
  (await alice.post('/api/v1/retention', { ...names(), ...body })).body as RetentionResponse;

describe('what was replaced', () => {
  test('goes after the retention time, counted from when it was replaced; what is live stays for ever (R58)', async () => {
    await alice.commit(alice.put('f', 'one'));
    await alice.commit(alice.put('old', 'never changed'));
    now += 20 * DAY;
    await alice.commit(alice.put('f', 'two', { base: '1.0' }));
    now += 20 * DAY;
    await alice.commit(alice.put('f', 'three', { base: '3.0' }));
    await seen(alice);
    await expire();
    expect(await history()).toEqual(['4.0 f', '3.0 f', '2.0 old', '1.0 f']);
    now += 11 * DAY;
    await expire();
    expect(await history()).toEqual(['4.0 f', '3.0 f', '2.0 old']);
    expect([await rows('version'), await contents()]).toEqual([3, 3]);
    now += 400 * DAY;
    await expire();
    expect(await history()).toEqual(['4.0 f', '2.0 old']);
    expect(await live()).toEqual(['f', 'old']);
  });

  test('goes by the days of its directory (R58)', async () => {
    expect(await (await get('/api/v1/retention')).json()).toMatchObject({ days: 30, default_days: true, max_bytes: null, full: false });
    expect(await setRetention({ days: 2 })).toMatchObject({ days: 2, default_days: false });
    await alice.commit(alice.put('f', 'one'));
    await alice.commit(alice.put('f', 'two', { base: '1.0' }));
    await seen(alice);
    now += 1 * DAY;
    await expire();
    expect(await history()).toEqual(['2.0 f', '1.0 f']);
    now += 1.5 * DAY;
    await expire();
    expect(await history()).toEqual(['2.0 f']);
    expect(await (await get('/api/v1/retention')).json()).toMatchObject({ reaches_back_to: expect.any(String) as string });
    expect(await setRetention({ days: null })).toMatchObject({ days: 30, default_days: true });
  });

  test('is refused by name when it is asked for, and what history lists can be restored (R61)', async () => {
    const at = new Date(now).toISOString();
    await alice.commit(alice.put('f', 'one'));
    now += 1_000;
    await alice.commit(alice.put('f', 'two', { base: '1.0' }));
    now += 10 * DAY;
    await alice.commit(alice.put('f', 'three', { base: '2.0' }));
    await seen(alice);
    now += 25 * DAY;
    await expire();
    expect(await history()).toEqual(['3.0 f', '2.0 f']);
    const restore = (version: string) => alice.post('/api/v1/restore', { ...names(), path: 'f', version });
    expect((await restore('1.0')).status).toBe(404);
    expect((await get('/api/v1/tree', { at })).status).toBe(410);
    expect(await alice.post('/api/v1/restore/tree', { ...names(), at })).toMatchObject({
      status: 410,
      body: { error: { code: 'history_expired', message: expect.stringMatching(/reaches back to 20\d\d-/) as string } },
    });
    const undo = { ...names(), client: 'alice', from: at, to: new Date(now).toISOString() };
    expect((await alice.post('/api/v1/undo', undo)).status).toBe(410);
    expect(await restore('2.0')).toMatchObject({ status: 200, body: { changed: true } });
  });

  test('a deleted path is forgotten whole, with the moves that led to it, and its name can be used again', async () => {
    await alice.commit(alice.put('a', 'one'));
    await alice.commit(alice.move('a', 'b', '1.0'));
    await alice.commit(alice.delete('b', '2.0'));
    await seen(alice);
    now += 31 * DAY;
    await expire();
    expect([await rows('version'), await rows('entry'), await rows('move')]).toEqual([0, 0, 0]);
    expect(await alice.commit(alice.put('b', 'again'))).toBe('4.0');
    expect(await history()).toEqual(['4.0 b']);
  });

  test('both sides of a conflict stay until it is resolved and the time has passed again (R60)', async () => {
    await alice.commit(alice.put('f', 'base'));
    await alice.commit(alice.put('f', 'alice', { base: '1.0', mtime: 1_800_000_000_000_000_000n }));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    await bob.send({ changes: [bob.put('f', 'bob', { base: '1.0' })] });
    await alice.commit(alice.put('f', 'later', { base: '2.0', mtime: 1_800_000_000_000_000_001n }));
    await seen(alice);
    await seen(bob);
    now += 100 * DAY;
    await seen(alice);
    await expire();
    expect(await history()).toEqual(['4.0 f', '3.0 f', '2.0 f', '1.0 f']);
    const conflicts = await (await get('/api/v1/conflicts')).json();
    expect(conflicts).toMatchObject({ conflicts: [{ id: 'c3.0', winner: { version: '2.0' }, loser: { version: '3.0' } }] });
    expect((await alice.post('/api/v1/conflicts/resolve', { ...names(), id: 'c3.0', choice: 'winner' })).status).toBe(200);
    now += 29 * DAY;
    await expire();
    expect(await history()).toEqual(['4.0 f', '3.0 f', '2.0 f', '1.0 f']);
    now += 2 * DAY;
    await expire();
    expect(await history()).toEqual(['4.0 f']);
    expect(await (await get('/api/v1/conflicts', { resolved: 'true' })).json()).toEqual({ conflicts: [] });
  });
});

describe('a device that was away', () => {
  test('for longer than contents stay reads the log as if nothing had expired, deletions and moves among it (R62)', async () => {
    await alice.commit(alice.put('d/f', 'one'));
    await alice.commit(alice.put('gone', 'gone'));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    await seen(bob);
    await alice.commit(alice.put('d/f', 'two', { base: '1.1' }));
    await alice.commit(alice.move('d', 'e', '1.0'));
    await alice.commit(alice.put('e/f', 'three', { base: '4.0' }));
    await alice.commit(alice.delete('gone', '2.0'));
    await seen(alice);
    now += 60 * DAY;
    await expire();
    // Contents are gone; what tells a device what happened is not.
    expect(await contents()).toBe(1);
    expect(await history()).not.toContain('3.0 d/f');
    const { commits } = await bob.send({ changes: [] });
    expect(commits.map(({ seq, changes }) => `${seq} ${changes.map(({ op }) => op).join(' ')}`)).toEqual([
      '3 head',
      '4 move',
      '5 head',
      '6 head',
    ]);
    await seen(bob);
    await seen(alice);
    await expire();
    expect([await rows('entry'), await rows('move')]).toEqual([2, 0]);
  });

  test('for longer than a year is told to merge anew, and a change that it makes meanwhile is not decided (R62) [STA-12]', async () => {
    await alice.commit(alice.put('f', 'one'));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    await seen(bob);
    await alice.commit(alice.delete('f', '1.0'));
    now += 366 * DAY;
    await seen(alice);
    await expire();
    expect(await rows('entry')).toBe(0);
    const rejoin = { status: 'rejoin', reason: 'expired' };
    expect(await bob.send({ changes: [] })).toMatchObject(rejoin);
    expect(await bob.send({ changes: [bob.delete('f', '1.0')] })).toMatchObject(rejoin);
    expect(await alice.send({ changes: [] })).toMatchObject({ status: 'ok' });
  });
});

describe('a bound on the room', () => {
  const text = (n: number): string => `${n}`.repeat(100);

  test('lets the oldest go first, and is measured without what is live (R59)', async () => {
    await alice.commit(alice.put('f', text(1)));
    for (const n of [2, 3, 4]) {
      now += 2 * DAY;
      await alice.commit(alice.put('f', text(n), { base: `${n - 1}.0` }));
    }
    // The same content is live elsewhere: it takes no room for history.
    await alice.commit(alice.put('copy', text(3)));
    now += 2 * DAY;
    await seen(alice);
    await setRetention({ max_bytes: 150 });
    // The server's own job begins at once when a bound is set; while it is at it, a step beside it does nothing.
    await vi.waitFor(
      async () => {
        await expire();
        expect(await history()).toEqual(['5.0 copy', '4.0 f', '3.0 f', '2.0 f']);
      },
      { timeout: 10_000 },
    );
    expect(await (await get('/api/v1/retention')).json()).toMatchObject({ max_bytes: 150, history_bytes: 100, full: false });
  });

  test('never takes what is younger than a day or a conflict holds: uploads are refused, and everything else goes on (R59)', async () => {
    await alice.commit(alice.put('f', text(1)));
    await alice.commit(alice.put('f', text(2), { base: '1.0' }));
    await alice.commit(alice.put('g', text(3)));
    await seen(alice);
    await setRetention({ max_bytes: 50 });
    await expire();
    expect(await history()).toContain('1.0 f');
    const { outcomes } = await alice.send({
      changes: [alice.put('new', 'new content'), alice.put('same', text(1)), alice.delete('g', '3.0')],
    });
    expect(outcomes).toMatchObject([{ status: 'rejected', code: 'history_full' }, { status: 'committed' }, { status: 'committed' }]);
    const upload = { ...names(), path: 's', modified: '2026-01-01T00:00:00Z', content: 'c2NyaXB0', hash: hash('sha256', 'script') };
    expect(await alice.post('/upload', upload)).toMatchObject({ status: 507, body: { error: { code: 'history_full', path: 's' } } });
    now += 1.1 * DAY;
    await expire();
    expect((await alice.post('/upload', upload)).status).toBe(201);
    await setRetention({ max_bytes: null });
    expect(await (await get('/api/v1/retention')).json()).toMatchObject({ max_bytes: null, full: false });
  });
});

test('the job expires by itself, but not by a clock that was just set (R63)', async () => {
  await alice.commit(alice.put('f', 'one'));
  await alice.commit(alice.put('f', 'two', { base: '1.0' }));
  await seen(alice);
  let wall = now;
  let monotonic = 0;
  const warnings: string[] = [];
  const job = new RetentionJob(
    database,
    () => wall,
    (message) => warnings.push(message),
    () => monotonic,
  );
  wall += 400 * DAY;
  await job.turn();
  expect(warnings).toEqual([expect.stringContaining('the clock was set')]);
  expect(await history()).toEqual(['2.0 f', '1.0 f']);
  wall += SETTLE_MS;
  monotonic += SETTLE_MS;
  await job.turn();
  expect(await history()).toEqual(['2.0 f']);
  await job.close();
});

test('a long history expires in steps, and commits go on beside them', async () => {
  for (let n = 0; n < 6; n += 1) {
    await alice.send({
      changes: Array.from({ length: 900 }, (_, file) =>
        alice.put(`d/f${file}`, `${n}`, { base: n === 0 ? null : `${n}.${file + (n === 1 ? 1 : 0)}` }),
      ),
    });
  }
  await seen(alice);
  now += 31 * DAY;
  let steps = 0;
  while (await retentionStep(database, id, now)) {
    steps += 1;
    await alice.commit(alice.put(`beside-${steps}`, 'beside'));
  }
  expect(steps).toBeGreaterThan(1);
  expect(await rows('version')).toBe(901 + steps);
  expect(await live()).toHaveLength(901 + steps);
});
