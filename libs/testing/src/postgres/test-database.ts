import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, createDatabase, dropDatabase, openEmbeddedPostgres, withDatabase } from '@syncpair/embedded-postgres';
import { removeWhenWeEnd } from './remove-when-we-end.ts';

export interface TestDatabase {
  /** `postgresql://…`; an empty database of its own, owned by a superuser of that server. */
  readonly url: string;
  /** Drops the database, with whoever is still connected. */
  close(): Promise<void>;
}

/** One real PostgreSQL for each test process, started at the first use, without fsync, on a free port. */
let server: Promise<EmbeddedPostgres> | undefined;
let count = 0;

/**
 * A fresh, empty database. Nothing is left behind when the test process ends, in whatever way.
 *
 * ```ts
 * let database: TestDatabase;
 * beforeAll(async () => { database = await testDatabase(); });
 * afterAll(() => database.close());
 * ```
 */
export async function testDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  count += 1;
  const name = `test_${count}`;
  const url = withDatabase((await server).url, name);
  await createDatabase(url);
  return { url, close: () => dropDatabase(url) };
}

async function startServer(): Promise<EmbeddedPostgres> {
  const storageDir = await realpath(await mkdtemp(join(tmpdir(), 'syncpair-test-postgres-')));
  removeWhenWeEnd(storageDir);
  return openEmbeddedPostgres({
    storageDir,
    durable: false,
    log: { info: () => undefined, warn: (message) => process.stderr.write(`${message}\n`) },
  });
}
