import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '@syncpair/embedded-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

const COMMITS = 10;

const storageDir = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-flushed-')));
let postgres: EmbeddedPostgres;
let replica: Replica;

const run = async (sql: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const each of sql) await client.query(each);
  await client.end();
};

beforeAll(async () => {
  postgres = await openEmbeddedPostgres({ storageDir, log: { info: () => undefined, warn: () => undefined } });
  // As an operator may set it for speed: commits are answered at once, and written to the log ten seconds later.
  await run([
    'ALTER DATABASE syncpair SET synchronous_commit = off',
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "ALTER SYSTEM SET wal_writer_flush_after = '1GB'",
    'SELECT pg_reload_conf()',
  ]);
  replica = await startReplica(postgres.url);
}, 60_000);
afterAll(async () => {
  await replica.close();
  await postgres.stop();
  rmSync(storageDir, { recursive: true, force: true });
});

test('what was answered is there after PostgreSQL was killed with all it had not flushed, whatever it was set to (R33)', async () => {
  const alice = await Device.join(replica.url, 'alice', 'flushed');
  const versions: string[] = [];
  for (let n = 0; n < COMMITS; n += 1) versions.push((await alice.commit(alice.put(`file ${n}`, `text ${n}`))) as string);
  const killed = postgres.pid;
  process.kill(killed, 'SIGKILL');
  // It comes back by itself.
  await expect.poll(() => postgres.pid, { timeout: 60_000 }).not.toBe(killed);
  await expect.poll(async () => (await fetch(`${replica.url}/health`)).status, { timeout: 60_000 }).toBe(200);
  const bob = await Device.join(replica.url, 'bob', 'flushed');
  const { commits } = await bob.send({ changes: [] });
  expect(commits.map(({ seq }) => `${seq}.0`)).toEqual(versions);
});

test('a PostgreSQL that does not flush is told in the health (R33)', async () => {
  expect(await (await fetch(`${replica.url}/health`)).json()).toMatchObject({ status: 'ok', durability: 'ok' });
  await run(['ALTER SYSTEM SET fsync = off', 'SELECT pg_reload_conf()']);
  await expect
    .poll(async () => ((await (await fetch(`${replica.url}/health`)).json()) as { durability: string }).durability, { timeout: 30_000 })
    .toMatch(/^PostgreSQL runs with fsync off: .*; set fsync to on$/);
});
