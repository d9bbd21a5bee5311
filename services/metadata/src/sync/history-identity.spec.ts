import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let admin: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await replica.close();
  await database.close();
});

let directories = 0;

/** A directory in which alice has committed this many files; with what she knows of its history. */
async function withCommits(count: number): Promise<{ alice: Device; known: { cursor: string; mark: string; server: string } }> {
  const alice = await Device.join(replica.url, 'alice', `team-${(directories += 1)}`);
  for (let n = 0; n < count; n += 1) await alice.commit(alice.put(`file-${n}`, `text ${n}`));
  const { commits, server = '' } = await alice.send({ cursor: '0', changes: [] });
  const last = commits.at(-1);
  return { alice, known: { cursor: last?.seq ?? '0', mark: last?.mark ?? '', server } };
}

/** What the restore of a backup by PostgreSQL's own tools leaves: the same epoch, and nothing of the commits after it. */
async function goBack(directory: string, to: number): Promise<void> {
  const { rows } = await admin.query<{ id: number }>('UPDATE directory SET head_seq = $2 WHERE key = $1 RETURNING id', [directory, to]);
  const id = rows[0]?.id;
  for (const table of ['commit', 'version', 'entry']) await admin.query(`DELETE FROM ${table} WHERE directory = $1 AND seq > $2`, [id, to]);
}

describe('the history that a client goes on from', () => {
  test('is proved by the mark of the commit at its cursor (R48)', async () => {
    const { alice, known } = await withCommits(3);
    expect(known.mark).not.toBe('');
    expect((await alice.send({ ...known, changes: [] })).status).toBe('ok');
    expect(await alice.send({ ...known, mark: 'another', changes: [] })).toMatchObject({ status: 'rejoin', reason: 'forked' });
  });

  test('is not that of a server that was set back, also when that has as many commits again (R48)', async () => {
    const { alice, known } = await withCommits(3);
    await goBack(alice.directory, 1);
    expect(await alice.send({ ...known, changes: [alice.put('x', 'x')] })).toMatchObject({
      status: 'rejoin',
      reason: 'went_back',
      head: '1',
    });
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    for (let n = 0; n < 2; n += 1) await bob.commit(bob.put(`other-${n}`, 'other'));
    expect(await alice.send({ ...known, changes: [alice.put('x', 'x')] })).toMatchObject({ status: 'rejoin', reason: 'forked', head: '3' });
    await bob.commit(bob.put('other-3', 'other'));
    expect(await alice.send({ ...known, changes: [alice.put('x', 'x')] })).toMatchObject({ status: 'rejoin', reason: 'forked', head: '4' });
  });

  test('is believed of a client of the time before marks and server ids', async () => {
    const { alice, known } = await withCommits(2);
    expect((await alice.send({ cursor: known.cursor, changes: [] })).status).toBe('ok');
  });

  test('is not that of another server, which then keeps nothing of the client (R48)', async () => {
    const { alice, known } = await withCommits(1);
    const stranger = new Device(replica.url, 'alice', `${alice.directory}-elsewhere`);
    const answer = await stranger.send({ ...known, server: 'another', epoch: alice.epoch, changes: [stranger.put('x', 'x')] });
    expect(answer).toMatchObject({ status: 'rejoin', reason: 'other_server', server: known.server });
    const { rows } = await admin.query('SELECT 1 FROM directory WHERE name = $1', [stranger.directory]);
    expect(rows).toEqual([]);
  });

  test('is older than the head in a folder that joins with what a path had before, whatever its time (R50)', async () => {
    const { alice } = await withCommits(1);
    await alice.commit(alice.put('file-0', 'edited', { base: '1.0' }));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    const later = { mtime: 1_800_000_000_000_000_000n };
    const put = [bob.put('file-0', 'text 0', later), bob.put('other', 'text 0', later)];
    const { outcomes } = await bob.send({ joins: true, changes: put });
    expect(outcomes).toMatchObject([{ status: 'merged', head: { version: '2.0' } }, { status: 'committed' }]);
  });

  test('is a version that came after its base where content, time and mode are its own, and was not deleted since (R64)', async () => {
    const { alice } = await withCommits(1);
    const second = { base: '1.0', mtime: 1_700_000_000_000_000_000n };
    await alice.commit(alice.put('file-0', 'second', second));
    await alice.commit(alice.put('file-0', 'third', { base: '2.0' }));
    const bob = await Device.join(replica.url, 'bob', alice.directory);
    const put = (more: object) => bob.put('file-0', 'second', { ...second, ...more });
    const killed = await bob.send({ changes: [put({ mtime: second.mtime + 400n }), put({ base: null })] });
    const brought = { status: 'merged', older: '2.0', head: { version: '3.0' } };
    expect(killed.outcomes).toMatchObject([brought, brought]);
    await alice.commit(alice.delete('file-0', '3.0'));
    await alice.commit(alice.put('file-0', 'fourth'));
    const { outcomes } = await bob.send({ changes: [put({ base: null })] });
    expect(outcomes).toMatchObject([{ conflict: expect.any(String) as unknown }]);
  });

  test('is named in the snapshot, with the server', async () => {
    const { alice, known } = await withCommits(2);
    const { body } = await alice.post('/api/v1/snapshot', { protocol: 1, ...alice.fields });
    expect(JSON.parse(String(body).split('\n')[0] as string)).toMatchObject({ seq: known.cursor, mark: known.mark, server: known.server });
  });
});
