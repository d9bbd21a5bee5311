import type { Conflict } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let alice: Device;
let bob: Device;
let directories = 0;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});
beforeEach(async () => {
  const directory = `conflicts-${(directories += 1)}`;
  alice = await Device.join(replica.url, 'alice', directory);
  bob = await Device.join(replica.url, 'bob', directory);
});

const ask = (fields: Record<string, string> = {}): string =>
  new URLSearchParams({ client_id: 'alice', directory: alice.directory, shared: 'true', ...fields }).toString();
async function list(fields: Record<string, string> = {}): Promise<Conflict[]> {
  return ((await (await fetch(`${replica.url}/api/v1/conflicts?${ask(fields)}`)).json()) as { conflicts: Conflict[] }).conflicts;
}
const get = async (id: string, fields: Record<string, string> = {}) => {
  const answer = await fetch(`${replica.url}/api/v1/conflicts/${encodeURIComponent(id)}?${ask(fields)}`);
  return { status: answer.status, body: (await answer.json()) as Conflict };
};
const resolve = (id: string, choice: string) =>
  alice.post('/api/v1/conflicts/resolve', { client_id: 'alice', directory: alice.directory, shared: true, id, choice });
const bytesOf = async (path: string, version?: string): Promise<string> => {
  const query = ask(version === undefined ? {} : { version });
  return (await fetch(`${replica.url}/download/${path}?${query}`)).text();
};

/** `path` as alice has it won over what bob made of the same version; the conflict's id. */
async function quarrel(path = 'f.txt'): Promise<string> {
  const { outcomes } = await alice.send({ changes: [alice.put(path, 'base')] });
  const base = (outcomes[0] as { version: string }).version;
  await alice.commit(alice.put(path, 'alice', { base, mtime: 1_800_000_000_000_000_000n }));
  const answer = await bob.send({ changes: [bob.put(path, 'bob', { base })] });
  return (answer.outcomes[0] as { conflict: string }).conflict;
}
const open = async (): Promise<number> => (await alice.send({ changes: [] })).conflicts;

test('a conflict is listed with both sides, and both can be fetched (R09)', async () => {
  const id = await quarrel();
  const conflicts = await list();
  expect(conflicts).toMatchObject([
    {
      id,
      path: 'f.txt',
      kind: 'content',
      base: '1.0',
      winner: { version: '2.0', author: 'alice', head: true, size: 5 },
      loser: { version: '3.0', author: 'bob', head: false, size: 3, conflict: id },
      resolved: null,
    },
  ]);
  expect((await get(id)).body).toEqual(conflicts[0]);
  expect([await bytesOf('f.txt'), await bytesOf('f.txt', '3.0')]).toEqual(['alice', 'bob']);
});

describe('POST /api/v1/conflicts/resolve', () => {
  test('winner: leaves the file, and closes the conflict', async () => {
    const id = await quarrel();
    expect(await resolve(id, 'winner')).toMatchObject({
      status: 200,
      body: { written: [], conflict: { resolved: { choice: 'winner', by: 'alice' } } },
    });
    expect([await list(), await open(), await bytesOf('f.txt')]).toEqual([[], 0, 'alice']);
    expect(await list({ resolved: 'true' })).toHaveLength(1);
  });

  test('loser: makes the other side the head', async () => {
    const id = await quarrel();
    expect(await resolve(id, 'loser')).toMatchObject({ status: 200, body: { written: ['f.txt'] } });
    expect([await bytesOf('f.txt'), await bytesOf('f.txt', '2.0'), await open()]).toEqual(['bob', 'alice', 0]);
  });

  test('both: puts the loser beside the winner', async () => {
    const id = await quarrel();
    expect(await resolve(id, 'both')).toMatchObject({ status: 200, body: { written: ['f.conflict-bob-3.0.txt'] } });
    expect([await bytesOf('f.txt'), await bytesOf('f.conflict-bob-3.0.txt'), await open()]).toEqual(['alice', 'bob', 0]);
    expect(await list()).toEqual([]);
  });

  test('follows the file to where it was moved', async () => {
    const id = await quarrel('d/f.txt');
    await alice.send({ changes: [alice.move('d', 'e', '1.0')] });
    expect(await resolve(id, 'loser')).toMatchObject({ status: 200, body: { written: ['e/f.txt'] } });
    expect(await bytesOf('e/f.txt')).toBe('bob');
  });

  test('a second time changes nothing, whatever the choice', async () => {
    const id = await quarrel();
    await resolve(id, 'winner');
    expect(await resolve(id, 'loser')).toMatchObject({ status: 200, body: { written: [], conflict: { resolved: { choice: 'winner' } } } });
    expect([await bytesOf('f.txt'), await open()]).toEqual(['alice', 0]);
  });

  test('many at once close it once', async () => {
    const id = await quarrel();
    const answers = await Promise.all(Array.from({ length: 8 }, () => resolve(id, 'loser')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect([await bytesOf('f.txt'), await open()]).toEqual(['bob', 0]);
  });

  test('says why it cannot', async () => {
    const id = await quarrel();
    for (const strange of ['c9.9', 'nothing', '../x', 'c', 'c1.0.0']) {
      expect(await resolve(strange, 'winner')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
      expect((await get(strange)).status).toBe(404);
    }
    expect((await resolve(id, 'mine')).status).toBe(400);
    expect((await get(id, { directory: 'nobody-knows' })).status).toBe(404);
    expect(await list({ directory: 'nobody-knows' })).toEqual([]);
    expect(await open()).toBe(1);
  });
});

test('a folder made where a file was edited: a conflict of kinds, and the file can be had beside it', async () => {
  const base = await alice.commit(alice.put('n', 'base'));
  await alice.send({ changes: [alice.dir('n', base), alice.put('n/x', 'x')] });
  await bob.send({ changes: [bob.put('n', 'bob', { base })] });
  const [conflict] = await list();
  expect(conflict).toMatchObject({ path: 'n', kind: 'kind', winner: { kind: 'dir' }, loser: { kind: 'file', author: 'bob' } });
  const id = (conflict as Conflict).id;
  expect(await resolve(id, 'loser')).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  expect(await open()).toBe(1);
  expect(await resolve(id, 'both')).toMatchObject({ status: 200 });
  expect([await bytesOf('n/x'), await bytesOf('n.conflict-bob-3.0'), await open()]).toEqual(['x', 'bob', 0]);
});
