import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { request } from 'node:http';
import { join } from 'node:path';
import { publicKeysSchema } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { type Plugin, build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBlobService } from './testing/start-blob-service.ts';

const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      path.startsWith('@syncpair/') || kind === 'entry-point' ? null : { path, external: true },
    ),
};

let database: TestDatabase;
const running: ChildProcess[] = [];

/** Node runs no decorators, so the service is bundled as a release is; npm packages stay outside. */
const bundle = join(import.meta.dirname, '..', 'node_modules', `.test-${process.pid}`);

beforeAll(async () => {
  [database] = await Promise.all([
    testDatabase(),
    build({
      entryPoints: [join(import.meta.dirname, 'main.ts')],
      outdir: bundle,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      tsconfig: join(import.meta.dirname, '..', '..', '..', 'tsconfig.base.json'),
      plugins: [packagesStayOutside],
    }),
  ]);
});
afterEach(async () => {
  await Promise.all(
    running.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }),
  );
});
afterAll(async () => {
  await database.close();
  await rm(bundle, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

/** The service as an image starts it: alone, with nothing but its environment. */
function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, [join(bundle, 'main.js')], {
    env: { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, stderr: () => text, exited: once(child, 'close').then(([code]) => code as number | null) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const BLOB = 'http://127.0.0.1:9';
const DATABASE = 'postgresql://user:secret@127.0.0.1:9/none';

describe('a mistake in the environment is exit 2 and one line that names the variable', () => {
  const mistakes: [name: string, env: Record<string, string>, line: RegExp][] = [
    ['no database', { SYNCPAIR_BLOB_URL: BLOB }, /SYNCPAIR_DATABASE_URL: it is not set/],
    ['an empty database', { SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_DATABASE_URL: '' }, /SYNCPAIR_DATABASE_URL: it is not set/],
    ['another kind of database', { SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_DATABASE_URL: 'mysql://x' }, /SYNCPAIR_DATABASE_URL: not a URL like/],
    ['no blob service', { SYNCPAIR_DATABASE_URL: DATABASE }, /SYNCPAIR_BLOB_URL: it is not set/],
    [
      'a blob service that is no URL',
      { SYNCPAIR_DATABASE_URL: DATABASE, SYNCPAIR_BLOB_URL: 'blob:8082' },
      /SYNCPAIR_BLOB_URL: not an http/,
    ],
    [
      'a bad port',
      { SYNCPAIR_DATABASE_URL: DATABASE, SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_METADATA_PORT: '70000' },
      /SYNCPAIR_METADATA_PORT: not a port/,
    ],
    [
      'a bad pool',
      { SYNCPAIR_DATABASE_URL: DATABASE, SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_DATABASE_POOL: 'many' },
      /SYNCPAIR_DATABASE_POOL: not a number/,
    ],
    [
      'a bad log level',
      { SYNCPAIR_DATABASE_URL: DATABASE, SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_LOG_LEVEL: 'loud' },
      /SYNCPAIR_LOG_LEVEL: not one of/,
    ],
    [
      'a bad host list',
      { SYNCPAIR_DATABASE_URL: DATABASE, SYNCPAIR_BLOB_URL: BLOB, SYNCPAIR_ALLOWED_HOSTS: 'http://x' },
      /SYNCPAIR_ALLOWED_HOSTS: not a list/,
    ],
  ];
  test.each(mistakes)('%s', async (_name, env, line) => {
    const { exited, stderr } = run(env);
    expect(await exited).toBe(2);
    expect(stderr()).toMatch(line);
    expect(stderr().trim().split('\n')).toHaveLength(1);
    expect(stderr()).not.toContain('secret');
  });

  test('a database that refuses', async () => {
    const wrong = new URL(database.url);
    wrong.pathname = '/nowhere';
    const { exited, stderr } = run({ SYNCPAIR_DATABASE_URL: wrong.href, SYNCPAIR_BLOB_URL: BLOB });
    expect(await exited).toBe(2);
    expect(stderr()).toMatch(/SYNCPAIR_DATABASE_URL: .*"nowhere" does not exist/);
    expect(stderr()).not.toContain(wrong.password);
  });
});

const statusOf = (port: number, path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', () => resolve(0));
    sent.end();
  });

test('starts alone, serves while its parts are there, tells when the blob service is away, and stops', async () => {
  const port = await freePort();
  const blobPort = await freePort();
  const { child, exited, stderr } = run({
    SYNCPAIR_METADATA_PORT: String(port),
    SYNCPAIR_DATABASE_URL: database.url,
    SYNCPAIR_BLOB_URL: `http://127.0.0.1:${blobPort}`,
  });
  await expect.poll(() => statusOf(port, '/health'), { timeout: 60_000 }).toBe(503);

  const { keys } = publicKeysSchema.parse(await (await fetch(`http://127.0.0.1:${port}/api/v1/keys`)).json());
  const blob = await startBlobService(keys, blobPort);
  await expect.poll(() => statusOf(port, '/health'), { timeout: 60_000 }).toBe(200);

  expect(await statusOf(port, '/openapi.json')).toBe(200);
  expect(await statusOf(port, '/openapi.json', { origin: 'http://evil.example' })).toBe(403);
  expect(await statusOf(port, '/openapi.json', { host: 'evil.example' })).toBe(403);
  expect(await statusOf(port, '/openapi.json', { host: `localhost:${port}` })).toBe(200);

  await blob.close();
  await expect.poll(() => statusOf(port, '/health'), { timeout: 60_000 }).toBe(503);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(stderr()).not.toMatch(/"level":"error".*stack/);
});
