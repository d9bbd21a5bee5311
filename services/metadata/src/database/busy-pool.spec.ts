import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from './database.ts';
import { createDataSource } from './open-database.ts';

let server: TestDatabase;
let dataSource: DataSource;
let database: Database;

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await createDataSource(server.url, 1).initialize();
  database = new Database(dataSource);
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

test('who finds all connections busy is served after the others, and not told that the database does not answer', async () => {
  // Longer than connecting may take.
  const others = database.query('SELECT pg_sleep(11)');
  const question = database.query<{ one: number }>('SELECT 1 AS one');
  const write = database.transaction('write', (transaction) => transaction.query<{ two: number }>('SELECT 2 AS two'));
  expect(await Promise.all([question, write])).toEqual([[{ one: 1 }], [{ two: 2 }]]);
  await others;
});
