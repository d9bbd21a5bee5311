import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { query } from './fixtures/query.ts';
import { initialisedStorage } from './fixtures/storage.ts';
import { isRunning, until } from './fixtures/until.ts';
import { freePort } from './free-port.ts';
import { type Launch, prepareLaunch } from './launcher.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './open-embedded-postgres.ts';
import { settings } from './settings.ts';

let storageDir: string;
let folder: string;
let notes: string[];
let children: ChildProcess[];
let running: EmbeddedPostgres[];

beforeEach(async () => {
  storageDir = await initialisedStorage();
  folder = join(storageDir, 'postgres');
  notes = [];
  children = [];
  running = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  for (const child of children) child.kill('SIGKILL');
});

async function open(dir = storageDir): Promise<EmbeddedPostgres> {
  const postgres = await openEmbeddedPostgres({
    storageDir: dir,
    log: { info: (text) => notes.push(text), warn: (text) => notes.push(text) },
  });
  running.push(postgres);
  return postgres;
}

async function launcher(): Promise<Launch> {
  const { postgres } = await findBinaries();
  return prepareLaunch(await chooseAccount(folder), [await realpath(dirname(postgres)), storageDir]);
}

/** A postmaster of this storage that no server of ours watches, as one that outlived a kill -9. */
async function survivor(): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const port = await freePort();
  const args = ['-D', join(folder, 'data'), ...settings(port, join(folder, 'log'), true)];
  const child = (await launcher())((await findBinaries()).postgres, args, { cwd: folder, stdio: 'ignore', deathSignal: 'KILL' });
  children.push(child);
  await until(async () => (await pidFile()).includes('ready'));
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  return { child, pid: child.pid ?? 0, url: `postgresql://syncpair:${password}@127.0.0.1:${port}/syncpair` };
}

/** A long-running program of the same user that has nothing to do with us. */
async function stranger(): Promise<ChildProcess> {
  const child = (await launcher())('sleep', ['1000'], { cwd: '/', stdio: 'ignore', deathSignal: 'KILL' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

function pidFile(): Promise<string> {
  return readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
}

async function leavePidFile(pid: number | string): Promise<void> {
  const text = `${pid}\n${join(folder, 'data')}\n1700000000\n5432\n\n127.0.0.1\n  1234567    12345\nready   \n`;
  await writeFile(join(folder, 'data', 'postmaster.pid'), text, { mode: 0o644 });
}

describe('a postmaster that outlived its server', () => {
  test('is stopped and a new one takes over what it committed', async () => {
    const { child, pid, url } = await survivor();
    await query(url, 'CREATE TABLE kept AS SELECT 3 AS x');
    const ended = once(child, 'exit');
    const postgres = await open();
    await ended;
    expect(postgres.pid).not.toBe(pid);
    expect(await query(postgres.url, 'SELECT x FROM kept')).toEqual([{ x: 3 }]);
    expect(notes.join('\n')).toContain(`process ${pid}`);
  });

  test('is found though its pid file is gone', async () => {
    const { child, pid } = await survivor();
    await writeFile(join(folder, 'data', 'postmaster.pid'), 'garbage');
    const ended = once(child, 'exit');
    const postgres = await open();
    await ended;
    expect(postgres.pid).not.toBe(pid);
  });

  test('and died leaves no backend that still writes beside the new one', async () => {
    const { child, url } = await survivor();
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const backend = rows[0]?.pid ?? 0;
    // A backend that is stopped cannot notice that its postmaster died.
    process.kill(backend, 'SIGSTOP');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const postgres = await open();
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(readFile(`/proc/${backend}/cmdline`, 'utf8').catch(() => '')).resolves.toBe('');
  });
});

describe('a pid file that was left', () => {
  test.each(['', 'garbage', '0\n', '-1\n', '1\n', '99999999999999999999\n', '\0\0\0\0', '12 34\n'])(
    'with %j in it does not block',
    async (text) => {
      await writeFile(join(folder, 'data', 'postmaster.pid'), text);
      expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(isRunning(process.ppid)).toBe(true);
    },
  );

  test('with the pid of a stranger neither blocks nor harms the stranger', async () => {
    const { pid = 0 } = await stranger();
    await leavePidFile(pid);
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(isRunning(pid)).toBe(true);
  });

  test('with the pid of the PostgreSQL of another storage leaves that one alone', async () => {
    const other = await open(await initialisedStorage());
    await leavePidFile(other.pid);
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(notes).toEqual([]);
  });

  test('with our own pid does not block', async () => {
    await leavePidFile(process.pid);
    expect(await query((await open()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
