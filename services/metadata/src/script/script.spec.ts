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
  // What mass deletions by scripts come to is tried in holds.spec.ts; here it is how they are carried out.
  replica = await startReplica(database.url, { hold: 'off' });
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

  const raw = (fields: Record<string, string>, body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
    fetch(`${replica.url}/upload?${query(fields)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });

  test('raw bytes with another hash or size store nothing, with and without a length in front (R32)', async () => {
    const fields = { path: 'a.txt', hash: sha256('hello'), modified: at(1) };
    const streamed = (text: string) => new Blob([text]).stream();
    expect((await raw(fields, 'other')).status).toBe(422);
    expect((await raw(fields, streamed('other'))).status).toBe(422);
    expect((await raw({ ...fields, size: '6' }, 'hello')).status).toBe(422);
    expect((await raw({ ...fields, size: '6' }, streamed('hello'))).status).toBe(422);
    expect((await raw({ ...fields, size: 'many' }, 'hello')).status).toBe(400);
    expect((await raw({ ...fields, hash: 'x' }, 'hello')).status).toBe(400);
    expect((await raw({ path: 'a.txt', hash: sha256('hello') }, 'hello')).status).toBe(400);
    expect((await download('a.txt')).status).toBe(404);
    expect((await sync({})).body['files_to_download']).toEqual([]);
    expect((await raw(fields, streamed('hello'), { 'content-type': 'Application/Octet-Stream; x=y' })).status).toBe(201);
  });

  test('raw bytes flow through: a store that does not read holds the sender back', async () => {
    const size = 256 * 1024 * 1024;
    const [chunk, put] = [Buffer.alloc(1024 * 1024), replica.store.put];
    let released: () => void = () => undefined;
    replica.store.put = async (_who, contentHash, body) => {
      await new Promise<void>((resolve) => (released = resolve));
      for await (const _piece of body);
      return { hash: contentHash, size, location: 'nowhere' };
    };
    try {
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent === size) return controller.close();
          sent += chunk.length;
          controller.enqueue(chunk);
        },
      });
      const answer = raw({ path: 'huge', hash: sha256('whatever'), modified: at(1) }, body);
      const isStill = async (): Promise<boolean> => {
        const before = sent;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return sent > 0 && sent === before;
      };
      await expect.poll(isStill, { timeout: 30_000 }).toBe(true);
      expect(sent).toBeLessThan(size / 4);
      released();
      expect([(await answer).status, sent]).toEqual([201, size]);
    } finally {
      replica.store.put = put;
    }
  });

  test('a sender that leaves half way leaves nothing, and the next one is served', async () => {
    const fields = { path: 'a.txt', hash: sha256('hello'), modified: at(1) };
    const { hostname, port } = new URL(replica.url);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '5' };
    const sent = httpRequest({ hostname, port, method: 'POST', path: `/upload?${query(fields)}`, headers, agent: false });
    const ended = new Promise((resolve) => sent.on('error', resolve));
    sent.write('hel', () => sent.destroy());
    await ended;
    expect((await download('a.txt')).status).toBe(404);
    expect((await raw(fields, 'hello')).status).toBe(201);
  });

  test('fields that are not known are ignored, and one that is missing or of another type is named', async () => {
    expect((await upload('a.txt', 'x', at(1), { executable: true, version: '9.9', base: 7 })).status).toBe(201);
    for (const [field, value] of [
      ['client_id', 7],
      ['directory', null],
      ['shared', 'yes'],
      ['path', undefined],
      ['hash', 'x'],
      ['modified', 1],
      ['modified', '2026-13-01T00:00:00Z'],
      ['content', undefined],
      ['size', 1.5],
      ['size', '1'],
    ] as const) {
      const { status, body } = await upload('a.txt', 'x', at(1), { [field]: value });
      expect([status, (body['error'] as { message: string }).message]).toEqual([400, expect.stringMatching(`^${field}`)]);
    }
  });

  test('base64 that is none does not have the hash', async () => {
    expect((await upload('a.txt', 'hello', at(1), { content: '!!!' })).status).toBe(422);
    expect((await upload('a.txt', 'hello', at(1), { content: 'aGVsbG8' })).status).toBe(201);
  });

  test('a repeated upload is one version; an upload that lost stays lost, and makes a conflict each time it is told apart', async () => {
    await upload('a.txt', 'one', at(10));
    await upload('a.txt', 'two', at(20));
    await Promise.all(Array.from({ length: 5 }, () => upload('a.txt', 'two', at(20))));
    expect(await upload('a.txt', 'two', at(20))).toMatchObject({ status: 200, body: { version: '2.0' } });
  });

  test('many newer and older uploads at once: the newest is the head, and every other is a version that can be had', async () => {
    await upload('a.txt', 'first', at(1));
    const seconds = Array.from({ length: 12 }, (_, index) => index + 2);
    const answers = await Promise.all(seconds.map((second) => upload('a.txt', `content ${second}`, at(second))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await (await download('a.txt')).text()).toBe('content 13');
    for (const [index, { body }] of answers.entries()) {
      expect(await (await download('a.txt', { version: body['version'] as string })).text()).toBe(`content ${seconds[index]}`);
    }
  });

  test('a file where a folder with contents is does not replace it', async () => {
    await upload('d/a.txt', 'a', at(1));
    expect(await upload('d', 'file', at(99))).toMatchObject({ status: 200, body: { head: false, conflict: 'c2.0' } });
    expect(await (await download('d/a.txt')).text()).toBe('a');
    expect(await (await download('d', { version: '2.0' })).text()).toBe('file');
  });

  test('keeps nanoseconds and times before 1970', async () => {
    for (const [given, kept] of [
      ['2026-01-31T08:00:00.123456789Z', '2026-01-31T08:00:00.123456789Z'],
      ['1901-12-13T20:45:52Z', '1901-12-13T20:45:52Z'],
      ['2026-01-31T10:00:00.5+02:00', '2026-01-31T08:00:00.5Z'],
    ]) {
      await upload(`t/${given}`, 'x', given as string);
      expect((await download(`t/${given}`)).headers.get('x-syncpair-modified')).toBe(kept);
    }
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

  const strange = [
    'a b.txt',
    'line\nbreak.txt',
    'tab\t.txt',
    '😀/👩‍👩‍👧.txt',
    '100%.txt',
    '%2e%2e',
    '%2F.txt',
    'what?.txt',
    'hash#.txt',
    'semi;colon=&+.txt',
    '"quoted".txt',
    '<img src=x onerror=alert(1)>.txt',
    'e\u0301.txt',
    'é.txt',
    'rtl\u202egnp.txt',
    'constructor/toString',
    '.hidden/.syncpair_state.db',
    '- -rf',
    ' ',
    'x'.repeat(255),
    Array(100).fill('deep').join('/'),
  ];
  test.each(strange)('a file named %j is carried exactly (R31)', async (path) => {
    const content = `content of ${path}`;
    expect(await upload(path, content, at(1))).toMatchObject({ status: 201, body: { path, head: true } });
    const answer = await download(path);
    expect([answer.status, await answer.text()]).toEqual([200, content]);
    // Nothing of a name may end the header or name another file.
    const disposition = answer.headers.get('content-disposition') as string;
    expect(decodeURIComponent(disposition.slice(disposition.indexOf("''") + 2))).toBe(path.slice(path.lastIndexOf('/') + 1));
    expect(disposition).toMatch(/^attachment; filename="[\w .-]*"; filename\*=UTF-8''[\w.%~-]*$/);
    expect((await sync({})).body).toMatchObject({ files_to_download: [{ path }] });
    const files = { [path]: { path, hash: sha256(content), size: Buffer.byteLength(content), modified: at(1) } };
    expect((await sync({ files })).body).toMatchObject({ files_to_download: [], files_to_upload: [], files_to_delete: [] });
    const url = `${replica.url}/delete/${path.split('/').map(encodeURIComponent).join('/')}?${query()}`;
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect((await download(path)).status).toBe(404);
  });

  test('a file named like the prototype of an object is carried, but cannot be a key of a request', async () => {
    expect((await upload('__proto__', 'x', at(1))).status).toBe(201);
    expect((await sync({})).body).toMatchObject({ files_to_download: [{ path: '__proto__' }] });
    expect(await (await download('__proto__')).text()).toBe('x');
    const file = { path: '__proto__', hash: sha256('x'), size: 1, modified: at(1) };
    expect((await sync({ files: { ['__proto__']: file } })).status).toBe(400);
  });

  test('an escaped slash is one; an escaped percent sign is not a second escape', async () => {
    await upload('d/a.txt', 'in d', at(1));
    await upload('d%2Fa.txt', 'with a percent sign', at(1));
    expect(await (await fetch(`${replica.url}/download/d%2Fa.txt?${query()}`)).text()).toBe('in d');
    expect(await (await fetch(`${replica.url}/download/d%252Fa.txt?${query()}`)).text()).toBe('with a percent sign');
  });

  test('an old version has its own ETag and time; an answer names the version it has', async () => {
    await upload('a.txt', 'one', at(1));
    await upload('a.txt', 'two', at(2));
    const old = await download('a.txt', { version: '1.0' });
    expect([old.headers.get('etag'), old.headers.get('x-syncpair-modified'), old.headers.get('x-syncpair-version')]).toEqual([
      `"${sha256('one')}"`,
      '2026-01-01T00:00:01Z',
      '1.0',
    ]);
    for (const version of ['1', 'x', '1.0.0', '-1.0']) expect((await download('a.txt', { version })).status).toBe(400);
  });

  test('an old version stays after the file was deleted', async () => {
    await upload('a.txt', 'one', at(1));
    await fetch(`${replica.url}/delete/a.txt?${query()}`, { method: 'DELETE' });
    expect((await download('a.txt')).status).toBe(404);
    expect(await (await download('a.txt', { version: '1.0' })).text()).toBe('one');
    expect((await download('a.txt', { version: '2.0' })).status).toBe(404);
  });

  test('strange ranges', async () => {
    await upload('a.txt', '0123456789', at(1));
    for (const [range, status, text] of [
      ['bytes=0-0', 206, '0'],
      ['bytes=9-', 206, '9'],
      ['bytes=0-99', 206, '0123456789'],
      ['bytes=-99', 206, '0123456789'],
      ['bytes=-0', 416, null],
      ['bytes=4-2', 200, '0123456789'],
      ['bytes=0-1,3-4', 200, '0123456789'],
      ['bytes=', 200, '0123456789'],
      ['lines=1-2', 200, '0123456789'],
      ['bytes=99999999999999999999-', 200, '0123456789'],
    ] as const) {
      const answer = await download('a.txt', {}, { range });
      const body = await answer.text();
      expect([range, answer.status, text === null ? null : body]).toEqual([range, status, text]);
      expect(answer.headers.get('content-length')).toBe(String(body.length));
    }
  });

  test('a HEAD tells what a GET would, and 404 where there is nothing', async () => {
    await upload('a.txt', '0123456789', at(1));
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(`${replica.url}/download/a.txt?${query()}`, { method })));
    for (const name of ['etag', 'content-length', 'content-type', 'x-syncpair-modified', 'accept-ranges', 'content-disposition']) {
      expect([name, head?.headers.get(name)]).toEqual([name, get?.headers.get(name)]);
    }
    expect((await fetch(`${replica.url}/download/nothing?${query()}`, { method: 'HEAD' })).status).toBe(404);
  });

  test('what belongs to another client, or stands in another directory, is not found', async () => {
    await upload('a.txt', 'private', at(1), { shared: false });
    const other = async (fields: Record<string, string>) => (await download('a.txt', { shared: 'false', ...fields })).status;
    expect(await other({})).toBe(200);
    expect(await other({ client_id: 'bob' })).toBe(404);
    expect(await other({ shared: 'true' })).toBe(404);
    expect(await other({ directory: `alice:${directory}`, shared: 'true' })).toBe(404);
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

  test('keeps the time of the deletion, which decides what a later sync says', async () => {
    await upload('a.txt', 'x', at(10));
    expect((await remove('a.txt', { modified: at(20) })).status).toBe(200);
    const file = (modified: string) => ({ 'a.txt': { path: 'a.txt', hash: sha256('x'), size: 1, modified } });
    expect((await sync({ files: file(at(19)) })).body).toMatchObject({ files_to_delete: ['a.txt'], files_to_upload: [] });
    expect((await sync({ files: file(at(21)) })).body).toMatchObject({ files_to_delete: [], files_to_upload: ['a.txt'] });
  });

  test('an empty folder can be deleted, one with contents not', async () => {
    await upload('d/a.txt', 'x', at(1));
    expect((await remove('d')).status).toBe(409);
    expect((await remove('d/a.txt')).status).toBe(200);
    expect((await remove('d')).status).toBe(200);
    expect((await remove('d')).status).toBe(404);
  });

  test('a wrong time, a directory that is not there', async () => {
    await upload('a.txt', 'x', at(1));
    expect((await remove('a.txt', { modified: 'yesterday' })).status).toBe(400);
    expect((await remove('a.txt', { directory: 'nobody-knows' })).status).toBe(404);
    expect((await download('a.txt')).status).toBe(200);
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

  test('changes nothing but deletions, however often it is asked', async () => {
    await upload('a.txt', 'a', at(1));
    const first = await sync({ files: file('b.txt', 'b', at(2)) });
    for (let round = 0; round < 3; round += 1) expect(await sync({ files: file('b.txt', 'b', at(2)) })).toEqual(first);
    expect(await upload('c.txt', 'c', at(3))).toMatchObject({ body: { version: '2.0' } });
  });

  test('a whole cycle of a script: join, upload, download, delete, and then nothing is left to do', async () => {
    await upload('theirs.txt', 'theirs', at(1));
    await upload('gone.txt', 'gone', at(2));
    const plan = (await sync({ files: file('mine.txt', 'mine', at(3)) })).body as {
      files_to_upload: string[];
      files_to_download: { path: string }[];
    };
    expect([plan.files_to_upload, plan.files_to_download.map(({ path }) => path).sort()]).toEqual([
      ['mine.txt'],
      ['gone.txt', 'theirs.txt'],
    ]);
    await upload('mine.txt', 'mine', at(3), { client_id: 'bob' });
    const files = { ...file('mine.txt', 'mine', at(3)), ...file('theirs.txt', 'theirs', at(1)) };
    const nothing = { files_to_upload: [], files_to_download: [], files_to_delete: [], conflicts: [] };
    expect((await sync({ files, deleted_files: { 'gone.txt': at(4) }, last_sync: at(3) })).body).toEqual(nothing);
    expect((await sync({ files, last_sync: at(5) })).body).toEqual(nothing);
    expect((await download('gone.txt')).status).toBe(404);
  });

  test('more deletions than fit one commit', async () => {
    const paths = Array.from({ length: 1_200 }, (_, index) => `f${index}`);
    for (let start = 0; start < paths.length; start += 100) {
      await Promise.all(paths.slice(start, start + 100).map((path) => upload(path, 'x', at(1))));
    }
    const { status, body } = await sync({ deleted_files: Object.fromEntries(paths.map((path) => [path, at(2)])), last_sync: at(1) });
    expect([status, body]).toEqual([200, { files_to_upload: [], files_to_download: [], files_to_delete: [], conflicts: [] }]);
    expect((await sync({})).body['files_to_download']).toEqual([]);
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
  test.each(badPaths)('the path %j is refused everywhere (R30) [SEC-02]', async (path) => {
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
    '/download/%c0%ae%c0%ae/x',
    '/download/%ed%a0%80',
    '/download//abs',
    '/download/a//b',
    '/download/a/',
    '/download/.',
    '/download/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/download/.syncpair_state.db',
    '/download/%2Esyncpair%2Fx',
    `/download/${'x/'.repeat(4_000)}x`,
  ])('the URL %s is refused [SEC-02]', async (url) => {
    expect((await raw('GET', `${url}?${query()}`)).status).toBe(400);
  });

  test.each([
    'abc',
    sha256('x').toUpperCase(),
    sha256('x').slice(1),
    `${sha256('x')}0`,
    `../${sha256('x').slice(3)}`,
    `md5:${sha256('x').slice(4)}`,
  ])('the hash %s is refused [SEC-01]', async (badHash) => {
    expect((await upload('a.txt', 'x', at(1), { hash: badHash })).status).toBe(400);
  });

  test.each(['', '.', '..', 'x'.repeat(300), 'a\r\nb', 'a\0b', '\ud800'])('the label %j is refused [SEC-07]', async (label) => {
    expect((await upload('a.txt', 'x', at(1), { client_id: label })).status).toBe(400);
    expect((await upload('a.txt', 'x', at(1), { directory: label })).status).toBe(400);
  });

  test('labels never alias each other (R37) [SEC-07]', async () => {
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
  ])('a body of %s is refused [SEC-10]', async (_name, body) => {
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

  test('a million keys are refused or answered, and nothing else waits [SEC-10]', async () => {
    const keys = (value: string) =>
      `{"client_id":"a","directory":"${directory}","files":{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":${value}`)}}}`;
    const answer = await raw('POST', '/sync', { 'content-type': 'application/json' }, keys('1'));
    expect([answer.status, answer.text.length < 1_000]).toEqual([400, true]);
    expect((await fetch(`${replica.url}/health`)).status).toBe(200);
  });

  test.each([
    ['brackets', '/sync', `{"client_id":"a","directory":"d","files":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['objects', '/sync', `{"client_id":"a","directory":"d","files":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['brackets', '/api/v1/negotiate', `{"protocol":1,"changes":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('nested %s, 100,000 deep, in %s are refused [SEC-10]', async (_name, route, body) => {
    expect((await raw('POST', route, { 'content-type': 'application/json' }, body)).status).toBe(400);
  });

  test('a key twice is the last one; a float where a number of the log belongs is refused [SEC-10]', async () => {
    const answer = await raw(
      'POST',
      '/sync',
      { 'content-type': 'application/json' },
      `{"client_id":"a","client_id":"b","directory":"${directory}","files":{}}`,
    );
    expect(answer.status).toBe(200);
    const negotiate = { protocol: 1, client_id: 'a', device: 'a'.repeat(32), directory, epoch: null, changes: [] };
    for (const cursor of [1, 1.5, '1.5', '-1', '01', '9007199254740993', '1e3', null]) {
      expect((await post('/api/v1/negotiate', { ...negotiate, cursor })).status).toBe(400);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json5', ''])(
    'a body of type %j, as a page in a browser may send it, is refused [SEC-17]',
    async (type) => {
      for (const route of ['/upload', '/sync', '/api/v1/negotiate']) {
        const answer = await raw('POST', route, type === '' ? {} : { 'content-type': type }, '{"client_id":"a"}');
        expect([route, answer.status]).toEqual([route, 400]);
      }
    },
  );

  test('a method in a header is no method', async () => {
    await upload('a.txt', 'x', at(1));
    for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      await raw('GET', `/download/a.txt?${query()}`, { [header]: 'DELETE' });
      expect((await raw('GET', `/delete/a.txt?${query()}`, { [header]: 'DELETE' })).status).toBe(404);
    }
    expect((await download('a.txt')).status).toBe(200);
  });

  test('too large a body is refused', async () => {
    const body = JSON.stringify({ client_id: 'a', padding: 'x'.repeat(33 * 1024 * 1024) });
    const answer = await fetch(`${replica.url}/sync`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.status).toBe(413);
  });
});
