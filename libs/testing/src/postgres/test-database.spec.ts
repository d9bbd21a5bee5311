import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from './test-database.ts';

let one: TestDatabase;
let two: TestDatabase;

beforeAll(async () => {
  [one, two] = await Promise.all([testDatabase(), testDatabase()]);
});

afterAll(async () => {
  await one.close();
  await two.close();
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('databases do not see each other', async () => {
  await rows(one.url, 'CREATE TABLE t (x int)');
  expect(await rows(two.url, "SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
});

test('close drops the database under a connection that was forgotten', async () => {
  const three = await testDatabase();
  const forgotten = new pg.Client({ connectionString: three.url });
  forgotten.on('error', () => undefined);
  await forgotten.connect();
  await three.close();
  await expect(rows(three.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
});
