import { hash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let directory = '';
let directories = 0;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});
beforeEach(() => {
  directory = `scripts-${(directories += 1)}`;
});

const sha256 = (bytes: string | Buffer): string => hash('sha256', bytes);
const named = (client = 'alice'): Record<string, string> => ({ client_id: client, directory, shared: 'true' });
const query = (fields: Record<string, string> = {}): string => new URLSearchParams({ ...named(), ...fields }).toString();
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

async function post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(replica.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const upload = (path: string, content: string, modified: string, fields: object = {}) =>
  post('/upload', {
    client_id: 'alice',
    directory,
    shared: true,
    path,
    hash: sha256(content),
    modified,
    content: Buffer.from(content).toString('base64'),
    ...fields,
  });
const sync = (fields: object) => post('/sync', { client_id: 'bob', directory, shared: true, files: {}, ...fields });
const download = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${replica.url}/download/${path.split('/').map(encodeURIComponent).join('/')}?${query(fields)}`, { headers });

describe('POST /upload', () => {
  test('stores a file, which can be downloaded', async () => {
    const uploaded = await upload('docs/über & ünter.txt', 'hello', at(1));
    expect(uploaded).toMatchObject({
      status: 201,
      body: { path: 'docs/über & ünter.txt', hash: sha256('hello'), size: 5, modified: '2026-01-01T00:00:01Z', version: '1.1', head: true },
    });
    const answer = await download('docs/über & ünter.txt');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('hello');
    expect(answer.headers.get('etag')).toBe(`"${sha256('hello')}"`);
    expect(answer.headers.get('x-syncpair-modified')).toBe('2026-01-01T00:00:01Z');
    expect(answer.headers.get('content-length')).toBe('5');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="_ber _ _nter.txt"; filename*=UTF-8\'\'%C3%BCber%20%26%20%C3%BCnter.txt',
    );
  });

  test('takes raw bytes as a stream', async () => {
    const bytes = randomBytes(3_000_000);
    const fields = { path: 'big.bin', hash: sha256(bytes), modified: at(1), size: String(bytes.length) };
    const answer = await fetch(`${replica.url}/upload?${query(fields)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ path: 'big.bin', size: bytes.length, version: '1.0' });
    expect(Buffer.from(await (await download('big.bin')).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('a wrong hash or size stores nothing', async () => {
    expect(await upload('a.txt', 'hello', at(1), { hash: sha256('other') })).toMatchObject({
      status: 422,
      body: { error: { code: 'hash_mismatch' } },
    });
    expect(await upload('a.txt', 'hello', at(1), { size: 6 })).toMatchObject({ status: 422 });
    expect((await download('a.txt')).status).toBe(404);
    expect((await upload('a.txt', 'hello', at(1))).status).toBe(201);
  });

  test('a newer upload replaces; an older one is kept as the loser of a conflict', async () => {
    await upload('a.txt', 'first', at(10));
    expect(await upload('a.txt', 'newer', at(20))).toMatchObject({ status: 200, body: { version: '2.0', conflict: null, head: true } });
    expect(await upload('a.txt', 'older', at(5))).toMatchObject({ status: 200, body: { version: '3.0', conflict: 'c3.0', head: false } });
    expect(await (await download('a.txt')).text()).toBe('newer');
    expect(await (await download('a.txt', { version: '3.0' })).text()).toBe('older');
    expect(await (await download('a.txt', { version: '1.0' })).text()).toBe('first');
  });

  test('the same content again makes no version', async () => {
    await upload('a.txt', 'same', at(10));
    expect(await upload('a.txt', 'same', at(10))).toMatchObject({ status: 200, body: { version: '1.0', head: true } });
    expect(await upload('a.txt', 'same', at(5))).toMatchObject({ status: 200, body: { version: '1.0', head: true } });
  });
});

describe('GET /download', () => {
  test('ranges, ETags and HEAD', async () => {
    await upload('a.txt', '0123456789', at(1));
    const part = await download('a.txt', {}, { range: 'bytes=2-4' });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await (await download('a.txt', {}, { range: 'bytes=-3' })).text()).toBe('789');
    expect(await (await download('a.txt', {}, { range: 'bytes=8-' })).text()).toBe('89');
    expect((await download('a.txt', {}, { range: 'bytes=10-' })).status).toBe(416);
    expect((await download('a.txt', {}, { 'if-none-match': `"${sha256('0123456789')}"` })).status).toBe(304);
    expect((await download('a.txt', {}, { range: 'bytes=2-4', 'if-range': '"other"' })).status).toBe(200);
    const head = await fetch(`${replica.url}/download/a.txt?${query()}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  test('an empty file', async () => {
    await upload('empty', '', at(1));
    const answer = await download('empty');
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '0', '']);
  });

  test('folders and missing versions are not found', async () => {
    await upload('d/a.txt', 'x', at(1));
    expect((await download('d')).status).toBe(404);
    expect((await download('d/a.txt', { version: '9.0' })).status).toBe(404);
    expect((await download('nothing')).status).toBe(404);
  });
});

describe('DELETE /delete', () => {
  const remove = async (path: string, fields: Record<string, string> = {}) => {
    const answer = await fetch(`${replica.url}/delete/${path}?${query(fields)}`, { method: 'DELETE' });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test('leaves a tombstone; a second time there is nothing', async () => {
    await upload('a.txt', 'x', at(10));
    expect(await remove('a.txt')).toMatchObject({ status: 200, body: { path: 'a.txt', version: '2.0', deleted: true } });
    expect((await download('a.txt')).status).toBe(404);
    expect((await remove('a.txt')).status).toBe(404);
  });

  test('what was modified after the deletion is preserved', async () => {
    await upload('a.txt', 'x', at(10));
    expect((await remove('a.txt', { modified: at(9) })).status).toBe(409);
    expect((await remove('a.txt', { modified: at(10) })).status).toBe(200);
  });
});

describe('POST /sync', () => {
  const file = (path: string, content: string, modified: string) => ({
    [path]: { path, hash: sha256(content), size: content.length, modified },
  });

  test('a fresh client downloads everything, and uploads what only it has', async () => {
    await upload('d/a.txt', 'a', at(1));
    expect((await sync({ files: file('b.txt', 'b', at(2)) })).body).toEqual({
      files_to_upload: ['b.txt'],
      files_to_download: [{ path: 'd/a.txt', hash: sha256('a'), size: 1, modified: '2026-01-01T00:00:01Z' }],
      files_to_delete: [],
      conflicts: [],
    });
  });

  test('a deletion is carried out, and its time prevents resurrection', async () => {
    await upload('a.txt', 'a', at(1));
    await upload('b.txt', 'b', at(30));
    const { body } = await sync({ deleted_files: { 'a.txt': at(20), 'b.txt': at(20) }, last_sync: at(10) });
    expect(body).toMatchObject({ files_to_download: [{ path: 'b.txt' }] });
    expect((await download('a.txt')).status).toBe(404);
    expect((await sync({ files: file('a.txt', 'a', at(1)) })).body).toMatchObject({ files_to_delete: ['a.txt'], files_to_upload: [] });
    expect((await sync({ files: file('a.txt', 'a2', at(21)) })).body).toMatchObject({ files_to_delete: [], files_to_upload: ['a.txt'] });
  });

  test('both changed since the last sync: a conflict with its winner, and nothing is changed', async () => {
    await upload('a.txt', 'server', at(20));
    const { body } = await sync({ files: file('a.txt', 'client', at(30)), last_sync: at(10) });
    expect(body).toMatchObject({ files_to_upload: ['a.txt'], conflicts: [{ path: 'a.txt', winner: 'client' }] });
    expect(await (await download('a.txt')).text()).toBe('server');
  });
});

describe('hostile requests', () => {
  const raw = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(replica.url);
      const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const badPaths = [
    '../x',
    'a/../../x',
    '/abs',
    'a//b',
    './a',
    'a/.',
    '..',
    'a\\b',
    'C:\\x',
    '.syncpair_state.db',
    '.SyncPair/x',
    '',
    'a\0b',
    'x'.repeat(256),
    '\ud800',
  ];
  test.each(badPaths)('the path %j is refused everywhere', async (path) => {
    expect((await upload(path, 'x', at(1))).status).toBe(400);
    const file = { path, hash: sha256('x'), size: 1, modified: at(1) };
    expect((await sync({ files: { [path]: file } })).status).toBe(400);
    expect((await sync({ deleted_files: { [path]: at(1) } })).status).toBe(400);
    if (path === '\ud800') return;
    for (const [method, route] of [
      ['GET', 'download'],
      ['DELETE', 'delete'],
    ] as const) {
      const answer = await raw(method, `/${route}/${encodeURIComponent(path)}?${query()}`);
      expect([400, 404]).toContain(answer.status);
      if (path !== '') expect(answer.status).toBe(400);
    }
  });

  test.each([
    '/download/..%2fx',
    '/download/../x',
    '/download/a/%2e%2e/%2e%2e/x',
    '/download/%00',
    '/download/%ff',
    '/download/%',
    '/download/a%5cb',
  ])('the URL %s is refused', async (url) => {
    expect((await raw('GET', `${url}?${query()}`)).status).toBe(400);
  });

  test.each([
    'abc',
    sha256('x').toUpperCase(),
    sha256('x').slice(1),
    `${sha256('x')}0`,
    `../${sha256('x').slice(3)}`,
    `md5:${sha256('x').slice(4)}`,
  ])('the hash %s is refused', async (badHash) => {
    expect((await upload('a.txt', 'x', at(1), { hash: badHash })).status).toBe(400);
  });

  test.each(['', '.', '..', 'x'.repeat(300), 'a\r\nb', 'a\0b', '\ud800'])('the label %j is refused', async (label) => {
    expect((await upload('a.txt', 'x', at(1), { client_id: label })).status).toBe(400);
    expect((await upload('a.txt', 'x', at(1), { directory: label })).status).toBe(400);
  });

  test('labels never alias each other', async () => {
    const labels = ['a:b', 'a%3Ab', "'; DROP TABLE directory; --", '${x}', '<script>', 'Alice', 'alice', '../x', 'n\u0303', 'ñ'];
    for (const label of labels) {
      expect((await upload('who.txt', `${directory} ${label}`, at(1), { client_id: label, shared: false })).status).toBe(201);
    }
    for (const label of labels) {
      const fields = new URLSearchParams({ client_id: label, directory, shared: 'false' });
      expect(await (await fetch(`${replica.url}/download/who.txt?${fields}`)).text()).toBe(`${directory} ${label}`);
    }
    expect((await upload('who.txt', 'shared', at(1), { directory: `alice:${directory}` })).status).toBe(201);
    const own = new URLSearchParams({ client_id: 'alice', directory, shared: 'false' });
    expect(await (await fetch(`${replica.url}/download/who.txt?${own}`)).text()).toBe(`${directory} alice`);
  });

  test.each([
    ['not JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a prototype', '{"__proto__":{"x":1}}'],
    ['a constructor', '{"constructor":{"prototype":{"x":1}}}'],
    ['NaN', '{"files":NaN}'],
    ['a byte order mark', '\ufeff{}'],
    ['depth', '['.repeat(100_000)],
    [
      'a size beyond integers',
      `{"client_id":"a","directory":"d","files":{"a":{"path":"a","hash":"${sha256('')}","size":9223372036854775808,"modified":"2026-01-01T00:00:00Z"}}}`,
    ],
    [
      'a negative size',
      `{"client_id":"a","directory":"d","files":{"a":{"path":"a","hash":"${sha256('')}","size":-1,"modified":"2026-01-01T00:00:00Z"}}}`,
    ],
    [
      'a time without a zone',
      `{"client_id":"a","directory":"d","files":{"a":{"path":"a","hash":"${sha256('')}","size":0,"modified":"2026-01-01"}}}`,
    ],
  ])('a body of %s is refused', async (_name, body) => {
    for (const route of [
      '/sync',
      '/upload',
      '/api/v1/negotiate',
      '/api/v1/restore',
      '/api/v1/conflicts/resolve',
      '/api/v1/snapshot',
      '/api/v1/grants',
    ]) {
      const answer = await raw(
        'POST',
        route,
        { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
        body,
      );
      expect([route, answer.status]).toEqual([route, 400]);
      expect(answer.text).not.toMatch(/\.ts|node_modules|SELECT/);
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('too large a body is refused', async () => {
    const body = JSON.stringify({ client_id: 'a', padding: 'x'.repeat(33 * 1024 * 1024) });
    const answer = await fetch(`${replica.url}/sync`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.status).toBe(413);
  });
});
