import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { testDatabase } from '@syncpair/testing';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { runServer, temporaryFolder, usedStorage } from './fixtures/run-server.ts';

let storageDir: string;
let home: string;

beforeEach(async () => {
  home = await temporaryFolder();
  storageDir = await usedStorage(home);
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function upload(url: string, path: string, bytes: Uint8Array): Promise<Response> {
  const body = {
    client_id: 'script',
    directory: 'team',
    shared: true,
    path,
    hash: sha256(bytes),
    modified: new Date().toISOString(),
    content: Buffer.from(bytes).toString('base64'),
  };
  return fetch(`${url}/upload`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function download(url: string, path: string): Promise<Buffer | number> {
  const answer = await fetch(`${url}/download/${encodeURIComponent(path)}?client_id=script&directory=team&shared=true`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return answer.ok ? bytes : answer.status;
}

async function openStream(url: string): Promise<{ readonly ended: Promise<void> }> {
  const query = new URLSearchParams({
    client_id: 'alice',
    device: '0'.repeat(32),
    directories: JSON.stringify([{ name: 'team', shared: true }]),
  });
  const answer = await fetch(`${url}/events?${query.toString()}`);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const drain = async (): Promise<void> => {
    for await (const chunk of answer.body ?? []) void chunk;
  };
  return { ended: drain().catch(() => undefined) };
}

describe('the server in one process', () => {
  test('is ready with one line, serves both services on one port, and keeps everything to itself [SEC-20]', async () => {
    storageDir = join(home, 'new');
    const server = runServer({ storageDir });
    const url = await server.url;
    expect(server.output.stdout).toBe(`syncpair server is ready at ${url}, storage in ${storageDir}\n`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/blobs/health`)).status).toBe(200);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/upload', '/blobs/{hash}']) as string[]);
    expect((await readdir(storageDir)).sort()).toEqual(['blobs', 'postgres', 'server.json', 'server.lock']);
    for (const name of ['.', 'blobs', 'postgres', 'server.json', 'server.lock']) {
      expect((await stat(join(storageDir, name))).mode & 0o077, name).toBe(0);
    }
  });

  test('takes a file, gives it back, and has it after a stop and a start', async () => {
    const first = runServer({ storageDir });
    const bytes = randomBytes(50_000);
    const answer = await upload(await first.url, 'docs/report ü.bin', bytes);
    expect([200, 201]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ path: 'docs/report ü.bin', hash: sha256(bytes), size: bytes.length });
    expect(await download(await first.url, 'docs/report ü.bin')).toEqual(bytes);
    first.process.kill('SIGTERM');
    expect(await first.ended).toEqual([0, null]);
    const second = runServer({ storageDir });
    expect(await download(await second.url, 'docs/report ü.bin')).toEqual(bytes);
    expect(await download(await second.url, 'other')).toBe(404);
  });

  test('has everything that it acknowledged after a kill -9 in the middle of work', async () => {
    const first = runServer({ storageDir });
    const url = await first.url;
    const acknowledged = new Map<string, Buffer>();
    let killed = false;
    const work = async (worker: number): Promise<void> => {
      for (let n = 0; !killed; n += 1) {
        const [path, bytes] = [`w${worker}/${n}`, randomBytes(2_000)];
        const answer = await upload(url, path, bytes).catch(() => null);
        if (answer?.ok === true && (await answer.json().catch(() => null)) !== null) acknowledged.set(path, bytes);
      }
    };
    const workers = [1, 2, 3].map(work);
    while (acknowledged.size < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    first.process.kill('SIGKILL');
    await first.ended;
    killed = true;
    await Promise.all(workers);
    const second = runServer({ storageDir });
    const again = await second.url;
    for (const [path, bytes] of acknowledged) expect(await download(again, path), path).toEqual(bytes);
  });

  test('comes back by itself when PostgreSQL is killed', async () => {
    const server = runServer({ storageDir });
    const url = await server.url;
    await upload(url, 'kept', Buffer.from('kept'));
    const pid = Number((await readFile(join(storageDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(
        async () => (await readFile(join(storageDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '')).startsWith(`${pid}\n`),
        { timeout: 30_000 },
      )
      .toBe(false);
    await expect.poll(async () => (await fetch(`${url}/health`)).status, { timeout: 30_000 }).toBe(200);
    expect(await download(url, 'kept')).toEqual(Buffer.from('kept'));
    expect(server.process.exitCode).toBeNull();
  });
});

describe('a second server', () => {
  test('on the same storage is refused at once, and the first goes on [SCL-06]', async () => {
    const first = runServer({ storageDir });
    const url = await first.url;
    const second = runServer({ storageDir });
    expect(await second.ended).toEqual([1, null]);
    expect(second.output.stderr).toMatch(
      new RegExp(`^refused: the storage directory .* is in use by another server \\(process ${first.process.pid} on .*\\)\n$`),
    );
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('may start as soon as the first was killed', async () => {
    const first = runServer({ storageDir });
    await first.url;
    first.process.kill('SIGKILL');
    await first.ended;
    const second = runServer({ storageDir });
    expect((await fetch(`${await second.url}/health`)).status).toBe(200);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends everything in good order within 5 s, under open event streams and a request that hangs', async () => {
    const server = runServer({ storageDir });
    const url = await server.url;
    const streams = [await openStream(url), await openStream(url)];
    // A request whose body never comes.
    const hanging = fetch(`${url}/upload?client_id=a&directory=d&path=p&hash=${'0'.repeat(64)}&modified=2026-01-01T00:00:00Z`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }),
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    server.process.kill(signal);
    expect(await server.ended).toEqual([0, null]);
    expect(performance.now() - start).toBeLessThan(5_000);
    await Promise.all([...streams.map(({ ended }) => ended), hanging]);
    expect(await readdir(join(storageDir, 'postgres', 'data'))).not.toContain('postmaster.pid');
    expect(await readdir(storageDir)).not.toContain('server.json');
  });

  test('during the start ends as well, and leaves nothing running', async () => {
    storageDir = join(home, 'new');
    const server = runServer({ storageDir });
    await expect.poll(() => readdir(join(storageDir, 'postgres')).catch(() => []), { timeout: 30_000 }).toContain('password');
    server.process.kill(signal);
    expect(await server.ended).toEqual([0, null]);
    expect(server.output.stdout).toBe('');
    const names = await readdir(join(storageDir, 'postgres', 'data')).catch(() => []);
    expect(names).not.toContain('postmaster.pid');
    expect((await fetch(`${await runServer({ storageDir }).url}/health`)).status).toBe(200);
  });
});

test('a stop does not wait for a request that waits for the database', async () => {
  const server = runServer({ storageDir });
  const url = await server.url;
  const folder = join(storageDir, 'postgres');
  const port = (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[3];
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  const client = new pg.Client({ connectionString: `postgresql://syncpair:${password}@127.0.0.1:${port}/syncpair` });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE directory IN ACCESS EXCLUSIVE MODE');
  const waiting = upload(url, 'waits', Buffer.from('waits')).catch(() => null);
  const blocked = 'SELECT FROM pg_locks WHERE NOT granted';
  await expect.poll(async () => (await client.query(blocked)).rowCount, { timeout: 30_000 }).toBeGreaterThan(0);
  const start = performance.now();
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual([0, null]);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect((await waiting)?.ok).not.toBe(true);
  expect(await readdir(join(folder, 'data'))).not.toContain('postmaster.pid');
});

describe('a mistake', () => {
  test.each([
    ['tokens that are not there yet', { auth: 'token' }, 2, /--auth token does not exist yet/],
    ['a database URL that is none', { databaseUrl: 'mysql://root:hunter2@db/x' }, 2, /--database-url must look like/],
    ['an address of another machine', { host: '203.0.113.7' }, 2, /--host 203\.0\.113\.7 is no address of this machine/],
  ] as const)('%s is told in one line', async (_, options, code, words) => {
    const server = runServer({ storageDir, ...options });
    expect(await server.ended).toEqual([code, null]);
    expect(server.output.stderr).toMatch(/^refused: [^\n]*\n$/);
    expect(server.output.stderr).toMatch(words);
    expect(server.output.stderr).not.toContain('hunter2');
  });

  test('a port in use is told with its number', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = runServer({ storageDir, port });
    expect(await server.ended).toEqual([1, null]);
    expect(server.output.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
    other.close();
  });

  test('a storage or a log file that cannot be is told by name', async () => {
    await writeFile(join(home, 'file'), '');
    const storage = runServer({ storageDir: join(home, 'file') });
    expect(await storage.ended).toEqual([2, null]);
    expect(storage.output.stderr).toContain(join(home, 'file'));
    const log = runServer({ storageDir, logFile: join(home, 'file', 'log') });
    expect(await log.ended).toEqual([2, null]);
    expect(log.output.stderr).toMatch(/^refused: --log-file .*file\/log cannot be written/);
  });
});

test('a database of your own is used instead, and no other is made', async () => {
  storageDir = join(home, 'new');
  const database = await testDatabase();
  const server = runServer({ storageDir, databaseUrl: database.url });
  const url = await server.url;
  expect([200, 201]).toContain((await upload(url, 'x', Buffer.from('x'))).status);
  expect(await readdir(storageDir)).not.toContain('postgres');
  server.process.kill('SIGTERM');
  expect(await server.ended).toEqual([0, null]);
  const wrong = new URL(database.url);
  wrong.password = 'hunter2';
  const refused = runServer({ storageDir, databaseUrl: wrong.href });
  expect(await refused.ended).toEqual([2, null]);
  expect(refused.output.stderr).toContain('--database-url: password authentication failed');
  expect(refused.output.stderr).not.toContain('hunter2');
  await database.close();
});

test('a server that others can reach without a token says so loudly; --quiet and --log-file keep to themselves', async () => {
  const open = runServer({ storageDir, host: '0.0.0.0' });
  const url = await open.url;
  expect(open.output.stderr).toContain('everybody who reaches 0.0.0.0:');
  expect((await fetch(`${url}/health`)).status).toBe(200);
  open.process.kill('SIGTERM');
  await open.ended;
  const logFile = join(home, 'logs', 'server.log');
  const toFile = runServer({ storageDir, logFile });
  await toFile.url;
  expect(toFile.output.stderr).toBe('');
  expect(await readFile(logFile, 'utf8')).toContain('"service":"server"');
});

test('a server on loopback is asked by its address and the names it was given, and by no name that a page brings along', async () => {
  const status = (url: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}/health`, { headers: { host }, agent: false }, (answer) => resolve(answer.resume().statusCode));
      sent.on('error', reject).end();
    });
  const server = runServer({ storageDir, allowedHosts: ['sync.example'] });
  const url = await server.url;
  const { host, port } = new URL(url);
  for (const name of [host, `localhost:${port}`, 'sync.example', `sync.example:${port}`])
    expect([name, await status(url, name)]).toEqual([name, 200]);
  for (const name of ['evil.example', `evil.example:${port}`, 'x.sync.example', 'localhost.evil.example']) {
    expect([name, await status(url, name)]).toEqual([name, 403]);
  }
});
