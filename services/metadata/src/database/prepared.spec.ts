import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from './database.ts';
import { createDataSource } from './open-database.ts';

let server: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  server = await testDatabase();
  // One connection, so that every statement finds what the ones before it have left there.
  dataSource = await createDataSource(server.url, 1).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

const SUM = 'SELECT sum(n)::int AS sum FROM unnest($1::int[]) n';
const kept = async (database: Database): Promise<string[]> =>
  (await database.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')).map(({ statement }) => statement);

it('keeps nothing with the connection unless it is told to: a pooler may give the next transaction another one', async () => {
  const database = new Database(dataSource);
  expect(await database.query(SUM, [[1, 2]])).toEqual([{ sum: 3 }]);
  expect(await kept(database)).toEqual([]);
});

it('answers the same however often a statement comes and however much it names, in and out of transactions', async () => {
  const database = new Database(dataSource, { prepared: true });
  for (let round = 1; round <= 12; round += 1) {
    const numbers = Array.from({ length: round % 3 === 0 ? 5_000 : round }, (_, index) => index);
    const expected = [{ sum: (numbers.length * (numbers.length - 1)) / 2 }];
    expect(await database.query(SUM, [numbers])).toEqual(expected);
    expect(await database.transaction('write', (transaction) => transaction.query(SUM, [numbers]))).toEqual(expected);
  }
  expect(await kept(database)).toEqual([SUM]);
});

it('tells an error of the database as without, and goes on', async () => {
  const database = new Database(dataSource, { prepared: true });
  const divide = 'SELECT 1 / $1::int AS result';
  for (let round = 0; round < 3; round += 1) {
    await expect(database.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
    expect(await database.query(divide, [1])).toEqual([{ result: 1 }]);
  }
});

it('plans each time for what there is: no plan from when the tables were small stays', async () => {
  const database = new Database(dataSource, { prepared: true });
  await database.query('CREATE TABLE fills (a int PRIMARY KEY)');
  for (let round = 0; round < 12; round += 1) await database.query('SELECT a FROM fills WHERE a = $1', [round]);
  const [planned] = await database.query<{ generic: string; custom: string }>(
    "SELECT generic_plans AS generic, custom_plans AS custom FROM pg_prepared_statements WHERE statement LIKE '%fills%'",
  );
  expect(planned).toEqual({ generic: '0', custom: '12' });
});

it('goes on after the tables have changed', async () => {
  const database = new Database(dataSource, { prepared: true });
  await database.query('CREATE TABLE grows (a int)');
  await database.query('INSERT INTO grows VALUES ($1)', [1]);
  const read = 'SELECT a FROM grows WHERE a >= $1';
  for (let round = 0; round < 7; round += 1) expect(await database.query(read, [0])).toEqual([{ a: 1 }]);
  await database.query('ALTER TABLE grows ADD COLUMN b int');
  await database.query('CREATE INDEX ON grows (a)');
  expect(await database.query(read, [0])).toEqual([{ a: 1 }]);
});
