import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '@syncpair/metadata';

const MAIN = join(import.meta.dirname, '../../client/dist/main.js');
const silent = { info: () => undefined, warn: () => undefined };
/** The migration that is interrupted: it changes a table that the test can hold. */
const HELD = 'BlobPins1765400000000';

let database: TestDatabase;
let folder: string;
let client: pg.Client;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'syncpair-migrations-'));
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await client.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: { text: string };
  readonly ended: Promise<unknown[]>;
}

function startServer(name: string): Started {
  const args = ['server', '--port', '0', '--storage-dir', join(folder, name), '--database-url', database.url];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  return { child, output, ended: once(child, 'close') };
}

const isReady = ({ output }: Started): boolean => output.text.includes('is ready at');
const migrations = async (): Promise<string[]> =>
  (await client.query<{ name: string }>('SELECT name FROM migration ORDER BY id')).rows.map(({ name }) => name);
const columns = async (): Promise<string[]> =>
  (
    await client.query<{ name: string }>(`SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'blob' ORDER BY 1`)
  ).rows.map(({ name }) => name);

/** Brings the database back to what it was before one migration, with a content in it. */
async function beforeTheMigration(): Promise<string[]> {
  const dataSource = await openDatabase({ url: database.url, poolSize: 1, log: silent });
  const migration = dataSource.migrations.find(({ name }) => name === HELD);
  const runner = dataSource.createQueryRunner();
  await migration?.down(runner);
  await runner.query(`DELETE FROM migration WHERE name = '${HELD}'`);
  await runner.query(`INSERT INTO blob (hash, size, location) VALUES ('\\xab', 3, 'loose:3')`);
  await runner.release();
  await dataSource.destroy();
  return columns();
}

it('a server that is killed in a migration leaves the schema as it was, and the next start goes on [STA-07]', async () => {
  const before = await beforeTheMigration();
  const holder = new pg.Client({ connectionString: database.url });
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query('BEGIN');
  // Whoever alters the table waits for this, in the middle of the migration.
  await holder.query('LOCK TABLE blob IN ACCESS SHARE MODE');
  const killed = startServer('killed');
  await expect
    .poll(
      async () =>
        (
          await client.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE blob%'`,
          )
        ).rowCount,
      { timeout: 120_000 },
    )
    .toBe(1);
  killed.child.kill('SIGKILL');
  await killed.ended;
  await holder.query('COMMIT');
  await holder.end();
  await expect
    .poll(
      async () =>
        (await client.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncpair-metadata'`))
          .rowCount,
      { timeout: 120_000 },
    )
    .toBe(0);
  expect(await columns()).toEqual(before);
  expect(await migrations()).not.toContain(HELD);

  // Two replicas at once: one migrates, the other waits for it.
  const replicas = [startServer('one'), startServer('two')];
  for (const replica of replicas) await expect.poll(() => isReady(replica) || replica.output.text, { timeout: 120_000 }).toBe(true);
  expect(await migrations()).toContain(HELD);
  expect(await columns()).toContain('pinned_until');
  const { rows } = await client.query<{ state: string; location: string }>('SELECT state, location FROM blob');
  expect(rows).toEqual([{ state: 'live', location: 'loose:3' }]);
}, 400_000);

it('a database that a newer version has changed is refused with what to do, and stays as it is [STA-07]', async () => {
  await (await openDatabase({ url: database.url, poolSize: 1, log: silent })).destroy();
  await client.query(`INSERT INTO migration (timestamp, name) VALUES (9000000000000, 'Teleport9000000000000')`);
  const before = await migrations();
  const { output, ended } = startServer('older');
  expect(await ended).toEqual([2, null]);
  expect(output.text).toMatch(/a newer SyncPair has changed the database \(Teleport9000000000000\): start that version/);
  expect(output.text).not.toMatch(/\n\s+at /);
  expect(await migrations()).toEqual(before);
});
