import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});

/** From now on PostgreSQL refuses each transaction that writes a version, at its very last moment. Resolves with what ends that. */
async function refuseCommits(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused at the commit'; END $$;
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
  `);
  return async () => {
    await client.query('DROP TRIGGER refuse ON version; DROP FUNCTION refuse');
    await client.end();
  };
}

test('a change is acknowledged after its transaction, never before: one that fails at its last moment has no answer (R33)', async () => {
  const alice = await Device.join(replica.url, 'alice', 'durable');
  await alice.commit(alice.put('kept', 'kept'));
  const change = alice.dir('folder');
  const allow = await refuseCommits();
  await expect(alice.send({ changes: [change] })).rejects.toThrow(/^5\d\d /);
  await allow();
  expect(await alice.commit(change)).toBe('2.0');
});
