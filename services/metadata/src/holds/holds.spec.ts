import type { ChangeJson, Hold, HoldsResponse, OutcomeJson } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let second: Replica;
let now = Date.now();
const clock = (): number => now;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url, { clock });
  second = await startReplica(database.url, { clock, store: replica.store });
});
afterAll(async () => {
  await second.close();
  await replica.close();
  await database.close();
});

let directories = 0;
const freshDirectory = (): string => `held-${(directories += 1)}`;

/** A device whose directory holds `files` files, and their versions by path. */
async function filled(files: number, folder = '', directory = freshDirectory()): Promise<{ alice: Device; versions: Map<string, string> }> {
  const alice = await Device.join(replica.url, 'alice', directory);
  const paths = Array.from({ length: files }, (_, index) => `${folder}${String(index).padStart(4, '0')}.txt`);
  const versions = new Map<string, string>();
  for (let start = 0; start < files; start += 500) {
    const batch = paths.slice(start, start + 500);
    const { outcomes } = await alice.send({ changes: batch.map((path) => alice.put(path, `${directory} ${path}`)) });
    outcomes.forEach((outcome, index) => versions.set(batch[index] as string, (outcome as { version: string }).version));
  }
  return { alice, versions };
}

const deletions = (device: Device, versions: ReadonlyMap<string, string>, from: number, to: number): ChangeJson[] =>
  [...versions].slice(from, to).map(([path, version]) => device.delete(path, version));
const counts = (outcomes: readonly OutcomeJson[]): Record<string, number> =>
  outcomes.reduce<Record<string, number>>((sum, { status }) => ({ ...sum, [status]: (sum[status] ?? 0) + 1 }), {});
const remove = async (device: Device, changes: ChangeJson[], knows = true): Promise<Record<string, number>> =>
  counts((await device.send({ changes, knows_holds: knows })).outcomes);

async function holdsOf({ client, directory }: Device, decided = false): Promise<HoldsResponse> {
  const answer = await fetch(`${second.url}/api/v1/holds?client_id=${client}&directory=${directory}&shared=true&decided=${decided}`);
  return (await answer.json()) as HoldsResponse;
}
const decide = (device: Device, id: string, decision: string): Promise<{ status: number; body: unknown }> =>
  device.post('/api/v1/holds/decide', { client_id: device.client, directory: device.directory, shared: true, id, decision });
async function live(device: Device): Promise<string[]> {
  const { body } = await device.post('/api/v1/snapshot', { protocol: 1, ...device.fields });
  const lines = String(body).trim().split('\n');
  return lines.slice(1, -1).flatMap((line) => {
    const { path, state } = JSON.parse(line) as { path: string; state: { kind: string } };
    return state.kind === 'file' ? [path] : [];
  });
}

describe('the server counts deletions', () => {
  test('sixty percent in one go wait, and everything else of the request goes on [DEL-05]', async () => {
    const { alice, versions } = await filled(100);
    const put = alice.put('new.txt', 'new');
    const answer = await alice.send({ changes: [put, ...deletions(alice, versions, 0, 60)], knows_holds: true });
    expect(counts(answer.outcomes)).toEqual({ committed: 1, held: 60 });
    expect(answer.outcomes[0]).toMatchObject({ id: put.id, status: 'committed' });
    expect(answer.holds).toEqual({ open: 1, revision: 1 });
    const { holds } = await holdsOf(alice);
    expect(holds).toMatchObject([{ kind: 'deletions', origin: 'server', client: 'alice', paths: 60, live: 100, decided: null }]);
    expect(holds[0]?.reason).toBe('60 of 100 files would be deleted within ten minutes, more than 50');
    expect(await live(alice)).toHaveLength(101);
  });

  test('a few in each request add up, over replicas and for as long as the window lasts', async () => {
    const { alice, versions } = await filled(200);
    const other = new Device(second.url, 'alice', alice.directory);
    Object.assign(other, { id: alice.id, epoch: alice.epoch });
    for (let start = 0; start < 100; start += 20) {
      const device = start % 40 === 0 ? alice : other;
      expect(await remove(device, deletions(alice, versions, start, start + 20))).toEqual({ committed: 20 });
      now += 60_000;
    }
    expect(await remove(other, deletions(alice, versions, 100, 101))).toEqual({ held: 1 });
    now += 11 * 60_000;
    expect(await remove(alice, deletions(alice, versions, 101, 140))).toEqual({ committed: 39 });
  });

  test('requests at the same moment on two replicas do not get past each other', async () => {
    const { alice, versions } = await filled(200);
    const other = new Device(second.url, 'alice', alice.directory);
    Object.assign(other, { id: alice.id, epoch: alice.epoch });
    const requests = Array.from({ length: 20 }, (_, index) =>
      remove(index % 2 === 0 ? alice : other, deletions(alice, versions, index * 10, index * 10 + 10)),
    );
    const committed = (await Promise.all(requests)).reduce((sum, { ['committed']: some = 0 }) => sum + some, 0);
    expect(committed).toBe(100);
    expect(await live(alice)).toHaveLength(100);
    expect((await holdsOf(alice)).holds).toMatchObject([{ paths: 100 }]);
  });

  test('another device id for every few deletions gets nobody round it', async () => {
    const { alice, versions } = await filled(200);
    let committed = 0;
    for (let start = 0; start < 200; start += 10) {
      const mallory = await Device.join(replica.url, `mallory-${start}`, alice.directory);
      committed += (await remove(mallory, deletions(mallory, versions, start, start + 10)))['committed'] ?? 0;
    }
    expect(committed).toBe(100);
    expect((await holdsOf(alice)).holds.every(({ reason }) => reason.endsWith('by all devices together'))).toBe(true);
  });

  test('a hold of one device keeps nobody else from deleting', async () => {
    const { alice, versions } = await filled(100);
    await remove(alice, deletions(alice, versions, 0, 90));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    expect(await remove(bob, deletions(bob, versions, 95, 100))).toEqual({ committed: 5 });
  });

  test('all of twenty wait, all of nineteen do not', async () => {
    const nineteen = await filled(19);
    expect(await remove(nineteen.alice, deletions(nineteen.alice, nineteen.versions, 0, 19))).toEqual({ committed: 19 });
    const twenty = await filled(20);
    expect(await remove(twenty.alice, deletions(twenty.alice, twenty.versions, 0, 20))).toEqual({ held: 20 });
  });

  test('a repeated request is counted once and gets the same answer', async () => {
    const { alice, versions } = await filled(100);
    const changes = deletions(alice, versions, 0, 60);
    const first = await alice.send({ changes, knows_holds: true });
    const again = await alice.send({ changes, knows_holds: true });
    expect(again.outcomes).toEqual(first.outcomes);
    expect((await holdsOf(alice)).holds).toMatchObject([{ paths: 60 }]);
  });

  test('a folder waits with what is in it, also when it comes in a later request', async () => {
    const { alice, versions } = await filled(60, 'docs/');
    await remove(alice, deletions(alice, versions, 0, 60));
    const late = await alice.send({ changes: [alice.delete('docs', '1.0')], knows_holds: true });
    expect(late.outcomes).toMatchObject([{ status: 'held' }]);
    const [hold] = (await holdsOf(alice)).holds;
    expect(hold?.paths).toBe(61);
    await decide(alice, hold?.id as string, 'approve');
    const { body } = await alice.post('/api/v1/snapshot', { protocol: 1, ...alice.fields });
    expect(String(body)).not.toContain('"docs');
  });
});

describe('what is no deletion', () => {
  test('moves, in one line or as copies first', async () => {
    const { alice, versions } = await filled(60, 'old/');
    const moved = await alice.send({ changes: [alice.move('old', 'new', '1.0')], knows_holds: true });
    expect(moved.outcomes).toMatchObject([{ status: 'committed' }]);
    const { version } = moved.outcomes[0] as { version: string };
    const at = new Map([...versions.keys()].map((path) => [path.replace('old/', 'new/'), version]));
    const copies = [...versions.keys()].map((path) => alice.put(path.replace('old/', 'third/'), `${alice.directory} ${path}`));
    expect(await remove(alice, [...copies, ...deletions(alice, at, 0, 60)])).toEqual({ committed: 120 });
    expect((await holdsOf(alice)).holds).toEqual([]);
  });

  test('a folder that becomes a file', async () => {
    const { alice, versions } = await filled(60, 'docs/');
    const changes = [...deletions(alice, versions, 0, 60), alice.put('docs', 'a file now', { base: '1.0' })];
    expect(await remove(alice, changes)).toEqual({ committed: 61 });
  });
});

describe('decisions', () => {
  test('approved deletions happen, and keep what was edited since', async () => {
    const { alice, versions } = await filled(100);
    await remove(alice, deletions(alice, versions, 0, 100));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    await bob.commit(bob.put('0007.txt', 'edited', { base: versions.get('0007.txt') as string }));
    const [hold] = (await holdsOf(bob)).holds;
    const { status, body } = await decide(bob, hold?.id as string, 'approve');
    expect(status).toBe(200);
    expect((body as Hold).decided).toMatchObject({ decision: 'approve', by: 'bob', done: 99, kept: 1, finished: true });
    expect(await live(bob)).toEqual(['0007.txt']);
    expect((await holdsOf(bob)).holds).toEqual([]);
    const log = await bob.send({ changes: [], cursor: '0' });
    expect(log.commits.at(-1)?.author).toBe('alice');
  });

  test('the first one counts; the same again is answered as it was, another one with the name of who decided', async () => {
    const { alice, versions } = await filled(100);
    await remove(alice, deletions(alice, versions, 0, 60));
    const [hold] = (await holdsOf(alice)).holds;
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    const rejected = await decide(bob, hold?.id as string, 'reject');
    expect(rejected.status).toBe(200);
    expect(await decide(alice, hold?.id as string, 'reject')).toEqual(rejected);
    const late = await decide(alice, hold?.id as string, 'approve');
    expect(late.status).toBe(409);
    expect(JSON.stringify(late.body)).toContain('was rejected by bob');
    expect(await live(alice)).toHaveLength(100);
    expect((await holdsOf(alice, true)).holds).toMatchObject([{ decided: { decision: 'reject', by: 'bob' } }]);
    expect((await decide(alice, 'hnothing', 'approve')).status).toBe(404);
  });

  test('of two at the same moment on two replicas one counts, and the other is told so', async () => {
    const { alice, versions } = await filled(40);
    await remove(alice, deletions(alice, versions, 0, 40));
    const [hold] = (await holdsOf(alice)).holds;
    const bob = new Device(second.url, 'bob', alice.directory);
    const answers = await Promise.all([decide(alice, hold?.id as string, 'approve'), decide(bob, hold?.id as string, 'reject')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [decided] = (await holdsOf(alice, true)).holds;
    const approved = decided?.decided?.decision === 'approve';
    expect(answers[0]?.status === 200).toBe(approved);
    expect(await live(alice)).toHaveLength(approved ? 0 : 40);
  });

  test('an approval whose replica ended is carried out by the next one that starts', async () => {
    const { alice, versions } = await filled(40);
    await remove(alice, deletions(alice, versions, 0, 40));
    const [hold] = (await holdsOf(alice)).holds;
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("UPDATE hold SET decision = 'approve', decided_by = 'bob', decided_at = now() - interval '1 minute' WHERE id = $1", [
      hold?.id,
    ]);
    await client.end();
    const third = await startReplica(database.url, { store: replica.store });
    try {
      await vi.waitFor(async () => expect(await live(alice)).toEqual([]), { timeout: 30_000, interval: 50 });
      await vi.waitFor(async () =>
        expect((await holdsOf(alice, true)).holds[0]?.decided).toMatchObject({ done: 40, kept: 0, finished: true }),
      );
    } finally {
      await third.close();
    }
  });

  test('counting begins anew after a decision', async () => {
    const { alice, versions } = await filled(100);
    await remove(alice, deletions(alice, versions, 0, 60));
    const [hold] = (await holdsOf(alice)).holds;
    await decide(alice, hold?.id as string, 'approve');
    expect(await remove(alice, deletions(alice, versions, 60, 70))).toEqual({ committed: 10 });
  });

  test('members hear of a hold at once, on whichever replica they are', async () => {
    const { alice, versions } = await filled(30);
    const query = `client_id=bob&directory=${alice.directory}&shared=true`;
    const stream = await fetch(`${second.url}/events?${query}`);
    const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    await remove(alice, deletions(alice, versions, 0, 30));
    let heard = '';
    while (!heard.includes('"holds":{"open":1')) heard += (await reader.read()).value ?? '';
    await reader.cancel();
  });
});

describe('clients of other kinds', () => {
  test('an older client gets its files back until somebody decides', async () => {
    const { alice, versions } = await filled(100);
    const answer = await alice.send({ changes: deletions(alice, versions, 0, 60) });
    expect(counts(answer.outcomes)).toEqual({ superseded: 60 });
    expect(answer.outcomes[0]).toMatchObject({ head: { path: '0000.txt', state: { kind: 'file' } } });
    const [hold] = (await holdsOf(alice)).holds;
    await decide(alice, hold?.id as string, 'approve');
    expect(await live(alice)).toHaveLength(40);
  });

  test('the calls for scripts', async () => {
    const { alice } = await filled(30);
    const query = `client_id=script&directory=${alice.directory}&shared=true`;
    const paths = await live(alice);
    const statuses = [];
    for (const path of paths.slice(0, 5))
      statuses.push((await fetch(`${replica.url}/delete/${path}?${query}`, { method: 'DELETE' })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const sync = async (path: string): Promise<{ held?: string[]; files_to_download: { path: string }[] }> => {
      const deleted = Object.fromEntries(paths.slice(5).map((one) => [one, new Date(now).toISOString()]));
      const body = { client_id: 'script', directory: alice.directory, shared: true, files: {}, deleted_files: deleted, last_sync: null };
      return (await alice.post(path, body)).body as { held?: string[]; files_to_download: { path: string }[] };
    };
    expect((await sync('/sync')).held).toEqual(paths.slice(5));
    const refused = await fetch(`${replica.url}/delete/${paths[6] as string}?${query}`, { method: 'DELETE' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ error: { code: 'held' } });
    const [hold] = (await holdsOf(alice)).holds;
    now += 1_000;
    await decide(alice, hold?.id as string, 'reject');
    now -= 1_000;
    const after = await sync('/sync');
    expect(after.held).toBeUndefined();
    expect(after.files_to_download.map(({ path }) => path)).toEqual(expect.arrayContaining(paths.slice(5)));
    now += 1_000;
  });

  test('a client tells of what it holds itself, in parts; its approval is carried out on the server', async () => {
    const { alice, versions } = await filled(100);
    const register = (from: number, to: number): Promise<{ status: number; body: unknown }> =>
      alice.post('/api/v1/holds', {
        ...alice.fields,
        id: 'hofalice',
        kind: 'deletions',
        reason: 'all 100 files would be deleted',
        live: 100,
        paths: [...versions].slice(from, to).map(([path, version]) => ({ path, version })),
      });
    await register(0, 60);
    await register(0, 60);
    await register(60, 70);
    expect((await holdsOf(alice)).holds).toMatchObject([{ id: 'hofalice', origin: 'client', paths: 70 }]);
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    await decide(bob, 'hofalice', 'approve');
    expect(await live(bob)).toHaveLength(30);
    expect(((await register(70, 80)).body as Hold).decided).toMatchObject({ decision: 'approve' });
  });
});

describe('limits', () => {
  const setLimits = (device: Device, limits: unknown): Promise<{ status: number; body: unknown }> =>
    device.post('/api/v1/holds/limits', { client_id: device.client, directory: device.directory, shared: true, limits });

  test('a directory has its own, whatever clients are set to', async () => {
    const { alice, versions } = await filled(100);
    expect((await setLimits(alice, { files: 5, percent: 1 })).body).toMatchObject({
      limits: { files: 5, percent: 1 },
      limits_set: { by: 'alice' },
    });
    expect(await remove(alice, deletions(alice, versions, 0, 6))).toEqual({ held: 6 });
    await setLimits(alice, 'off');
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    expect(await remove(bob, deletions(bob, versions, 10, 100))).toEqual({ committed: 90 });
    expect((await setLimits(alice, null)).body).toMatchObject({ limits: { files: 50, percent: 50 }, limits_set: null });
  });
});
