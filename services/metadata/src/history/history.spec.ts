import { hash } from 'node:crypto';
import type { HistoryItem, OutcomeJson } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Device } from '../testing/device.ts';
import { type Replica, startReplica } from '../testing/start-replica.ts';

let database: TestDatabase;
let replica: Replica;
let alice: Device;
let directories = 0;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});
beforeEach(async () => {
  alice = await Device.join(replica.url, 'alice', `history-${(directories += 1)}`);
});

const ask = (fields: Record<string, string> = {}): string =>
  new URLSearchParams({ client_id: 'alice', directory: alice.directory, shared: 'true', ...fields }).toString();
async function history(fields: Record<string, string> = {}): Promise<{ versions: HistoryItem[]; next: string | null }> {
  const answer = await fetch(`${replica.url}/api/v1/history?${ask(fields)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { versions: HistoryItem[]; next: string | null };
}
const restore = (path: string, version: string) =>
  alice.post('/api/v1/restore', { client_id: 'alice', directory: alice.directory, shared: true, path, version });
const told = (versions: readonly HistoryItem[]): string[] => versions.map(({ path, version }) => `${path} ${version}`);
async function tree(fields: Record<string, string> = {}): Promise<string[]> {
  const answer = await fetch(`${replica.url}/api/v1/tree?${ask(fields)}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  const lines = (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.at(-1)).toEqual({ end: true, heads: lines.length - 2 });
  return lines.slice(1, -1).map(({ path, version }) => `${String(path)} ${String(version)}`);
}

describe('GET /api/v1/history', () => {
  test('tells who made what, the newest first, deletions included (R51)', async () => {
    await alice.commit(alice.put('f', 'one', { mtime: 1_700_000_000_000_000_001n }));
    await alice.commit(alice.put('f', 'two', { base: '1.0', executable: true }));
    await alice.commit(alice.delete('f', '2.0'));
    const { versions, next } = await history({ path: 'f' });
    expect(next).toBeNull();
    expect(versions).toMatchObject([
      { version: '3.0', kind: 'tombstone', deleted: true, head: true, parent: '2.0', hash: null, size: null, author: 'alice' },
      { version: '2.0', kind: 'file', executable: true, size: 3, head: false, parent: '1.0' },
      { version: '1.0', kind: 'file', modified: '2023-11-14T22:13:20.000000001Z', parent: null, conflict: null, moved_from: null },
    ]);
  });

  test('tells what made each version (R51)', async () => {
    const names = { client_id: 'alice', directory: alice.directory, shared: true };
    await alice.commit(alice.put('d/f', 'one'));
    await alice.commit(alice.put('d/f', 'two', { base: '1.1' }));
    await alice.commit(alice.put('d/f', 'two', { base: '2.0', executable: true }));
    await alice.commit(alice.move('d', 'e', '1.0'));
    await alice.commit(alice.delete('e/f', '4.0'));
    await restore('e/f', '4.0');
    const upload = { ...names, path: 's', modified: '2026-01-01T00:00:00Z', content: 'c2NyaXB0' };
    expect((await alice.post('/upload', { ...upload, hash: hash('sha256', 'script') })).status).toBe(201);
    await alice.send({ cursor: '0', changes: [alice.put('s', 'older', { mtime: 1n })] });
    const [conflict] = (await history({ path: 's' })).versions.filter(({ conflict }) => conflict !== null);
    const resolving = { ...names, id: conflict?.conflict, choice: 'loser' };
    expect((await alice.post('/api/v1/conflicts/resolve', resolving)).status).toBe(200);
    const { versions } = await history();
    expect(versions.map(({ version, path, cause, restored_from }) => `${version} ${path} ${cause} ${restored_from}`)).toEqual([
      '9.0 s resolve 8.0',
      '8.0 s creation null',
      '7.0 s script null',
      '6.0 e/f restore 4.0',
      '5.0 e/f deletion null',
      '4.0 e/f move null',
      '4.0 e move null',
      '4.0 d/f move null',
      '4.0 d move null',
      '3.0 d/f touch null',
      '2.0 d/f edit null',
      '1.1 d/f creation null',
      '1.0 d server null',
    ]);
  });

  test('of a folder has what is in it; of a directory everything; pages fit together', async () => {
    await alice.send({ changes: [alice.put('d/a', 'a'), alice.put('d/b', 'b'), alice.put('e', 'e'), alice.put('d2', 'd2')] });
    await alice.commit(alice.put('d/a', 'a2', { base: '1.1' }));
    expect(told((await history({ path: 'd' })).versions)).toEqual(['d/a 2.0', 'd/b 1.2', 'd/a 1.1', 'd 1.0']);
    const all = told((await history()).versions);
    expect(all).toEqual(['d/a 2.0', 'd2 1.4', 'e 1.3', 'd/b 1.2', 'd/a 1.1', 'd 1.0']);
    for (const path of [{}, { path: 'd' }]) {
      const whole = told((await history(path)).versions);
      const paged: string[] = [];
      let before: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof history>> = await history({ ...path, limit: '2', ...(before === null ? {} : { before }) });
        paged.push(...told(page.versions));
        before = page.next;
      } while (before !== null);
      expect(paged).toEqual(whole);
    }
  });

  test('follows a path back through moves of it and of folders above it, and no further than each move (R13)', async () => {
    await alice.commit(alice.put('old/f', 'one'));
    await alice.commit(alice.put('old/f', 'two', { base: '1.1' }));
    await alice.commit(alice.move('old', 'mid', '1.0'));
    await alice.commit(alice.move('mid/f', 'mid/g', '3.0'));
    await alice.commit(alice.move('mid', 'new', '3.0'));
    await alice.send({ changes: [alice.put('old/f', 'somebody else’s')] });
    const { versions } = await history({ path: 'new/g' });
    expect(told(versions)).toEqual(['new/g 5.0', 'mid/g 4.0', 'mid/f 3.0', 'old/f 2.0', 'old/f 1.1']);
    expect(versions.map(({ moved_from }) => moved_from)).toEqual(['mid/g', 'mid/f', 'old/f', null, null]);
  });

  test('a directory or a path that nobody knows has an empty history; what is no path or place is refused', async () => {
    expect(await history({ path: 'nothing' })).toEqual({ versions: [], next: null });
    expect(await history({ directory: 'nobody-knows' })).toEqual({ versions: [], next: null });
    for (const fields of [
      { path: '../x' },
      { before: 'x' },
      { before: '1.0.!' },
      { limit: '0' },
      { limit: 'many' },
      { client_id: '' },
    ] as Record<string, string>[]) {
      expect((await fetch(`${replica.url}/api/v1/history?${ask(fields)}`)).status).toBe(400);
    }
  });
});

describe('POST /api/v1/restore', () => {
  test('makes an old version the head, also of what was deleted; a second time changes nothing (R53)', async () => {
    await alice.commit(alice.put('d/f', 'one', { executable: true }));
    await alice.commit(alice.put('d/f', 'two', { base: '1.1' }));
    await alice.send({ changes: [alice.delete('d/f', '2.0'), alice.delete('d', '1.0')] });
    expect(await restore('d/f', '1.1')).toMatchObject({
      status: 200,
      body: { path: 'd/f', version: '4.1', restored_from: '1.1', changed: true },
    });
    expect(await restore('d/f', '1.1')).toMatchObject({ status: 200, body: { version: '4.1', changed: false } });
    expect((await history({ path: 'd/f' })).versions[0]).toMatchObject({ version: '4.1', executable: true, size: 3, author: 'alice' });
    expect(await tree()).toEqual(['d 4.0', 'd/f 4.1']);
  });

  test('reaches devices as any change does (R53)', async () => {
    await alice.commit(alice.put('f', 'one'));
    await alice.commit(alice.put('f', 'two', { base: '1.0' }));
    await restore('f', '1.0');
    const { commits } = await alice.send({ changes: [] });
    expect(commits).toMatchObject([{ seq: '3', changes: [{ op: 'head', path: 'f', version: '3.0', state: { size: 3 } }] }]);
  });

  test('says why it cannot', async () => {
    await alice.send({ changes: [alice.put('f', 'one')] });
    await alice.send({ changes: [alice.delete('f', '1.0')] });
    await alice.send({ changes: [alice.put('f/child', 'child')] });
    expect(await restore('f', '9.0')).toMatchObject({ status: 404, body: { error: { code: 'not_found', path: 'f' } } });
    expect(await restore('g', '1.0')).toMatchObject({ status: 404 });
    expect(await restore('f', '2.0')).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('deletion') as string } },
    });
    expect(await restore('f', '1.0')).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    expect(await restore('../f', '1.0')).toMatchObject({ status: 400, body: { error: { code: 'invalid_path' } } });
    expect((await alice.send({ changes: [] })).head).toBe('3');
  });
});

describe('GET /api/v1/tree', () => {
  test('now, after a commit, and at a time (R52)', async () => {
    await alice.send({ changes: [alice.put('a', 'a'), alice.put('d/b', 'b')] });
    const between = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await alice.send({ changes: [alice.delete('a', '1.0'), alice.move('d', 'e', '1.1')] });
    expect(await tree()).toEqual(['e 2.1', 'e/b 2.1']);
    expect(await tree({ seq: '1' })).toEqual(['a 1.0', 'd 1.1', 'd/b 1.2']);
    expect(await tree({ seq: '0' })).toEqual([]);
    expect(await tree({ seq: '99' })).toEqual(await tree());
    expect(await tree({ at: between })).toEqual(await tree({ seq: '1' }));
    expect(await tree({ at: '2000-01-01T00:00:00Z' })).toEqual([]);
  });

  test('of a directory that is not there, or at no moment, is an error and not an empty tree', async () => {
    expect((await fetch(`${replica.url}/api/v1/tree?${ask({ directory: 'nobody-knows' })}`)).status).toBe(404);
    expect((await fetch(`${replica.url}/api/v1/tree?${ask({ at: 'yesterday' })}`)).status).toBe(400);
    expect((await fetch(`${replica.url}/api/v1/tree?${ask({ seq: '1', at: '2026-01-01T00:00:00Z' })}`)).status).toBe(400);
  });

  test('a loser of a conflict never shows (R09)', async () => {
    const base = await alice.commit(alice.put('f', 'base'));
    await alice.commit(alice.put('f', 'head', { base, mtime: 1_800_000_000_000_000_000n }));
    const { outcomes } = await alice.send({ changes: [alice.put('f', 'loser', { base })] });
    expect((outcomes as OutcomeJson[])[0]?.status).toBe('lost');
    for (const seq of ['2', '3']) expect(await tree({ seq })).toEqual(['f 2.0']);
  });
});
