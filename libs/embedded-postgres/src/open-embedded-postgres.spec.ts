import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { close, opened, startOwner } from './fixtures/start-owner.ts';
import { query } from './fixtures/query.ts';
import { initialisedStorage, temporaryFolder } from './fixtures/storage.ts';
import { isRunning, until } from './fixtures/until.ts';
import { postgresProcessesIn } from './processes.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, openEmbeddedPostgres } from './open-embedded-postgres.ts';

let storageDir: string;
let notes: string[];
let running: EmbeddedPostgres[];

beforeEach(async () => {
  storageDir = await initialisedStorage();
  notes = [];
  running = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
});

async function open(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const note = (message: string): void => void notes.push(message);
  const postgres = await openEmbeddedPostgres({ storageDir, log: { info: note, warn: note }, ...options });
  running.push(postgres);
  return postgres;
}

describe('a storage directory', () => {
  test('keeps its data and its password over a stop', async () => {
    const first = await open();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS x');
    await first.stop();
    const second = await open();
    expect(await query(second.url, 'SELECT x FROM kept')).toEqual([{ x: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(notes).toEqual([]);
  });

  test('is made when missing, with parents, spaces and quotes in its name', async () => {
    const postgres = await open({ storageDir: join(temporaryFolder(), 'a', `it's "here" ü`) });
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('gets a PostgreSQL that survives a power cut, speaks English, and takes a password only', async () => {
    const { url } = await open();
    expect(
      await query(
        url,
        "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'lc_messages', 'listen_addresses', 'unix_socket_directories', 'server_encoding', 'data_checksums') ORDER BY name",
      ),
    ).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'lc_messages', setting: 'C' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    expect(await query(url, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules')).toEqual([{ auth_method: 'scram-sha-256' }]);
    const guess = new URL(url);
    guess.password = 'guess';
    await expect(query(guess.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(storageDir, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(storageDir, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  test('serves one server at a time, and names the one that has it', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({
      code: 'storage_in_use',
      exitCode: 1,
      message: expect.stringContaining(`process ${process.pid} on`) as string,
    });
    const other = startOwner(storageDir);
    expect(await other.line).toMatchObject({
      code: 'storage_in_use',
      message: expect.stringContaining(`process ${process.pid} on`) as string,
    });
    await other.ended;
    expect(other.process.exitCode).toBe(1);
  });

  test('with data of another major version is left alone', async () => {
    await writeFile(join(storageDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
    await expect(open()).rejects.toMatchObject({
      code: 'wrong_version',
      exitCode: 2,
      message: expect.stringMatching(/PostgreSQL 17.*this is 18/) as string,
    });
  });

  test('gets a new password when the file with the old one was lost', async () => {
    const first = await open();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS x');
    await first.stop();
    await rm(join(storageDir, 'postgres', 'password'));
    const second = await open();
    expect(await query(second.url, 'SELECT x FROM kept')).toEqual([{ x: 7 }]);
    expect(second.url).not.toContain(new URL(first.url).password);
  });

  test('with a password that is not that of its data says what to do', async () => {
    await writeFile(join(storageDir, 'postgres', 'password'), 'another\n');
    await expect(open()).rejects.toMatchObject({ code: 'wrong_password', exitCode: 2 });
    await rm(join(storageDir, 'postgres', 'password'));
    await query((await open()).url, 'SELECT 1');
  });

  test('that is a file, or below one, is refused by name', async () => {
    const file = join(storageDir, 'file');
    await writeFile(file, '');
    await expect(open({ storageDir: file })).rejects.toMatchObject({
      code: 'unusable_storage',
      exitCode: 2,
      message: expect.stringContaining(file) as string,
    });
    await expect(open({ storageDir: join(file, 'below') })).rejects.toMatchObject({ code: 'unusable_storage' });
  });
});

describe('stop', () => {
  test('takes no longer than 5 s under open transactions, and may be called twice', async () => {
    const postgres = await open();
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('CREATE TABLE t (x int); BEGIN; INSERT INTO t VALUES (1)');
    const sleeping = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
    const start = performance.now();
    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(performance.now() - start).toBeLessThan(5_000);
    await sleeping;
  });

  test('falls back to harder signals when PostgreSQL does not listen', async () => {
    const postgres = await open();
    process.kill(postgres.pid, 'SIGSTOP');
    await postgres.stop();
    expect(() => process.kill(postgres.pid, 0)).toThrow('ESRCH');
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a PostgreSQL that dies by itself', () => {
  test('comes back under the same URL, and the server is told', async () => {
    const ends: string[] = [];
    const postgres = await open({ onExit: (how) => ends.push(how) });
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS x');
    const { pid } = postgres;
    process.kill(pid, 'SIGKILL');
    await until(() => postgres.pid !== pid);
    expect(await query(postgres.url, 'SELECT x FROM kept')).toEqual([{ x: 1 }]);
    expect(ends).toEqual(['was ended by SIGKILL']);
    expect(notes.join('\n')).toContain('PostgreSQL is back');
  });

  test('does not come back once stop was called', async () => {
    const postgres = await open();
    const { pid } = postgres;
    process.kill(pid, 'SIGKILL');
    await postgres.stop();
    await sleep(300);
    expect(await postgresProcessesIn([join(storageDir, 'postgres', 'data')])).toEqual([]);
  });
});

describe('a server that was killed', () => {
  test('leaves a PostgreSQL that ends by itself where the kernel can tell it, and every committed row', async () => {
    const owner = startOwner(storageDir);
    const { url, pid } = await opened(owner);
    await query(url, 'CREATE TABLE kept AS SELECT 5 AS x');
    owner.process.kill('SIGKILL');
    await owner.ended;
    if (process.platform === 'linux') await until(() => !isRunning(pid));
    const postgres = await open();
    expect(await query(postgres.url, 'SELECT x FROM kept')).toEqual([{ x: 5 }]);
  });

  test('can be started again in the same instant', async () => {
    const owner = startOwner(storageDir);
    await opened(owner);
    owner.process.kill('SIGKILL');
    const next = startOwner(storageDir);
    const line = await next.line;
    // The lock is freed by the kernel when the process is gone, which may be an instant later.
    if ('code' in line) expect(line.code).toBe('storage_in_use');
    else await close(next);
    await owner.ended;
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('while initdb ran leaves nothing that blocks the next start', async () => {
    storageDir = temporaryFolder();
    const owner = startOwner(storageDir);
    const folder = join(storageDir, 'postgres');
    await until(async () => (await namesIn(folder)).some((name) => name.startsWith('data.new-')));
    await sleep(100);
    owner.process.kill('SIGKILL');
    await owner.ended;
    expect(await namesIn(folder)).not.toContain('data');
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await namesIn(folder)).sort()).toEqual(['data', 'log', 'password']);
  });
});

test('an abort while PostgreSQL starts leaves nothing running', async () => {
  const pidFile = join(storageDir, 'postgres', 'data', 'postmaster.pid');
  for (let attempt = 1; ; attempt += 1) {
    const abort = new AbortController();
    const ended = open({ signal: abort.signal }).then(
      (postgres) => postgres,
      (error: unknown) => error as Error,
    );
    while (!existsSync(pidFile)) await setImmediate();
    abort.abort();
    const end = await ended;
    if (end instanceof Error) {
      expect(end).toMatchObject({ name: 'AbortError' });
      break;
    }
    // On a busy machine it may be ready before this process gets to see that it starts.
    expect(attempt).toBeLessThan(20);
    await end.stop();
  }
  expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
