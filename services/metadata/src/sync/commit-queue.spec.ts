import { randomUUID } from 'node:crypto';
import {
  type Change,
  type ContentHash,
  type DirectoryKey,
  EMPTY_HASH,
  MAX_CHANGES_PER_REQUEST,
  type RelativePath,
  type VersionId,
} from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { hashBytes } from '../store/rows.ts';
import { ensureDirectory, lockDirectory } from '../store/directory-repository.ts';
import type { CommitJob, CommitResult, CommittedGroup } from './commit-job.ts';
import { CommitQueue } from './commit-queue.ts';

const DEVICE = 'd'.repeat(32);
let server: TestDatabase;
let dataSource: DataSource;
let database: Database;
let groups: CommittedGroup[];
let queue: CommitQueue;
let key: DirectoryKey;
let epoch: string;
let directories = 0;

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  database = new Database(dataSource);
  await database.query("INSERT INTO blob (hash, size, location) VALUES ($1, 0, 'here')", [hashBytes(EMPTY_HASH)]);
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});
beforeEach(async () => {
  const name = `queue-${(directories += 1)}`;
  key = name as DirectoryKey;
  groups = [];
  queue = new CommitQueue(
    database,
    (group) => groups.push(group),
    Date.now,
    () => Promise.resolve([]),
  );
  ({ epoch } = await ensureDirectory(database, { client_id: 'alice', name, shared: true }));
});

const entry = { kind: 'file', hash: EMPTY_HASH, size: 0, mtime: 0n, executable: false } as const;
const contents = new Map([[EMPTY_HASH, { hash: EMPTY_HASH, size: 0, location: 'here', proof: 'put' } as const]]);
const put = (path: string): Change => ({ op: 'put', id: randomUUID(), path: path as RelativePath, base: null, entry });
const folder = (path: string): Change => ({ op: 'put', id: randomUUID(), path: path as RelativePath, base: null, entry: { kind: 'dir' } });
const job = (name: string, changes: readonly Change[], more: Partial<CommitJob> = {}): CommitJob => ({
  key,
  device: DEVICE,
  author: name,
  epoch,
  cursor: 0,
  changes,
  contents,
  conflictCopies: false,
  ...more,
});
const edits = (name: string, count: number): CommitJob =>
  job(
    name,
    Array.from({ length: count }, (_, index) => put(`${name}-${index}`)),
  );
/** Authors of the commits of each group. */
const authors = (): string[][] => groups.map(({ commits }) => commits.map(({ author }) => author));

test('what arrives while one transaction is under way goes together into the next, each as a commit of its own', async () => {
  const results = await Promise.all(Array.from({ length: 50 }, (_, index) => queue.commit(edits(`job${index}`, 2))));
  expect(results.every(({ status }) => status === 'decided')).toBe(true);
  expect(authors().map(({ length }) => length)).toEqual([1, 49]);
  expect(groups.flatMap(({ commits }) => commits.map(({ seq }) => seq))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(groups.map(({ previous, directory }) => [previous, directory.head])).toEqual([
    [0, 1],
    [1, 50],
  ]);
});

test('a group is cut at the changes that one request may have; small jobs go before a large one that came earlier, once', async () => {
  await Promise.all([
    queue.commit(edits('first', 1)),
    queue.commit(edits('large', MAX_CHANGES_PER_REQUEST)),
    ...Array.from({ length: 12 }, (_, index) => queue.commit(edits(`small${index}`, 100))),
  ]);
  const sizes = groups.map(({ commits }) => commits.reduce((sum, { changes }) => sum + changes.length, 0));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_CHANGES_PER_REQUEST);
  expect(authors()[0]).toEqual(['first']);
  expect(authors()[1]).toHaveLength(10);
  expect(authors()[1]).not.toContain('large');
  expect(authors()[2]).toEqual(['large']);
  expect(authors()[3]).toHaveLength(2);
});

test('a job that moves something has a transaction of its own', async () => {
  await queue.commit(edits('a', 1));
  const move: Change = { op: 'move', id: randomUUID(), from: 'a-0' as RelativePath, to: 'b-0' as RelativePath, base: '1.0' as VersionId };
  await Promise.all([
    queue.commit(edits('x', 1)),
    queue.commit(edits('y', 1)),
    queue.commit(job('mover', [move])),
    queue.commit(edits('z', 1)),
  ]);
  expect(authors().flat()).toEqual(['a', 'x', 'y', 'mover', 'z']);
  expect(authors()).toContainEqual(['mover']);
});

test('a job that cannot be stored fails alone (R12)', async () => {
  const broken = job('broken', [{ ...put('broken'), id: '\0' }]);
  const settled = await Promise.allSettled([
    queue.commit(edits('first', 1)),
    queue.commit(edits('before', 1)),
    queue.commit(broken),
    queue.commit(edits('after', 1)),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(authors().flat()).toEqual(['first', 'before', 'after']);
});

test('a job of another history, or from beyond the log, is told to join again, and its neighbours are decided (R19)', async () => {
  const [, stranger, beyond, known] = await Promise.all([
    queue.commit(edits('first', 1)),
    queue.commit(job('stranger', [put('s')], { epoch: 'other' })),
    queue.commit(job('beyond', [put('b')], { cursor: 99 })),
    queue.commit(edits('known', 1)),
  ]);
  expect([stranger.status, beyond.status, known.status]).toEqual(['rejoin', 'rejoin', 'decided']);
  expect(authors()).toEqual([['first'], ['known']]);
});

/** Another directory, and a job in it that makes files of these names. */
async function neighbour(name: string): Promise<{ readonly key: DirectoryKey; readonly job: (...paths: string[]) => CommitJob }> {
  const full = `${key}-${name}`;
  const { epoch: of } = await ensureDirectory(database, { client_id: 'alice', name: full, shared: true });
  return { key: full as DirectoryKey, job: (...paths) => job(name, paths.map(put), { key: full as DirectoryKey, epoch: of }) };
}

const neighbours = (...names: string[]): Promise<Awaited<ReturnType<typeof neighbour>>[]> => Promise.all(names.map(neighbour));

/** Which transactions wrote the heads of these directories last. */
async function writers(keys: readonly DirectoryKey[]): Promise<Set<string>> {
  const rows = await database.query<{ xmin: string }>('SELECT xmin::text FROM directory WHERE key = ANY($1::text[])', [keys]);
  expect(rows).toHaveLength(keys.length);
  return new Set(rows.map(({ xmin }) => xmin));
}

test('directories in which little waits share a transaction', async () => {
  const others = await neighbours('a', 'b', 'c', 'd');
  await Promise.all([
    queue.commit(edits('first', 1)),
    ...others.flatMap((other) => [queue.commit(other.job('x')), queue.commit(other.job('y'))]),
  ]);
  expect(authors()).toEqual([['first'], ['a', 'a'], ['b', 'b'], ['c', 'c'], ['d', 'd']]);
  expect((await writers(others.map((other) => other.key))).size).toBe(1);
  expect((await writers([key, ...others.map((other) => other.key)])).size).toBe(2);
});

test('a directory whose row another connection has delays none of those that would share a transaction with it', async () => {
  const others = await neighbours('a', 'b', 'c');
  const stuck = await database.transaction('write', async (transaction) => {
    await lockDirectory(transaction, key);
    const waiting = [queue.commit(edits('stuck', 1)), queue.commit(edits('behind', 1))];
    await Promise.all(others.map((other) => queue.commit(other.job('f'))));
    await Promise.all(others.map((other) => queue.commit(other.job('g'))));
    expect(authors().flat().sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    return { waiting };
  });
  await Promise.all(stuck.waiting);
  expect(authors().flat().slice(-2)).toEqual(['stuck', 'behind']);
});

test('a shared transaction that takes long delays only those that are in it', async () => {
  const others = await neighbours('a', 'b');
  const stuck = await database
    .transaction('write', async (transaction) => {
      // Whoever writes the same row waits for what comes of this one. A folder names no content that others name.
      await transaction.query(
        "INSERT INTO commit (directory, seq, device, author, at, lines) SELECT id, 1, '', 'nobody', now(), 0 FROM directory WHERE key = $1",
        [key],
      );
      const waiting = queue.commit(job('stuck', [folder('stuck')]));
      for (const name of ['f', 'g']) await Promise.all(others.map((other) => queue.commit(other.job(name))));
      expect(authors().flat().sort()).toEqual(['a', 'a', 'b', 'b']);
      throw new RolledBack(waiting);
    })
    .catch((error: unknown) => {
      if (error instanceof RolledBack) return error;
      throw error;
    });
  await stuck.waiting;
  expect(authors().at(-1)).toEqual(['stuck']);
});

/** What is to be waited for after the transaction. */
class RolledBack extends Error {
  readonly waiting: Promise<unknown>;

  constructor(waiting: Promise<unknown>) {
    super('rolled back');
    this.waiting = waiting;
  }
}

test('a large job delays no other directory', async () => {
  const others = await neighbours('a', 'b');
  const { large } = await database.transaction('write', async (transaction) => {
    await lockDirectory(transaction, key);
    const waiting = queue.commit(edits('large', MAX_CHANGES_PER_REQUEST));
    await Promise.all(others.map((other) => queue.commit(other.job('f'))));
    return { large: waiting };
  });
  expect(authors()).toEqual([['a'], ['b']]);
  await large;
});

test('a job that cannot be stored leaves the commits of other directories stored (R12)', async () => {
  const others = await neighbours('a', 'b', 'c', 'd', 'e');
  const settled = await Promise.allSettled([
    queue.commit(edits('first', 1)),
    ...others.slice(0, 3).map((other) => queue.commit(other.job('f'))),
    queue.commit(job('broken', [{ ...put('broken'), id: '\0' }])),
    queue.commit(edits('behind', 1)),
    ...others.slice(3).map((other) => queue.commit(other.job('f'))),
  ]);
  expect(settled.map(({ status }) => status).join(' ')).toBe(
    'fulfilled fulfilled fulfilled fulfilled rejected fulfilled fulfilled fulfilled',
  );
  expect(authors().flat().sort()).toEqual(['a', 'b', 'behind', 'c', 'd', 'e', 'first']);
});

test('contents that are gone are looked for once the others are stored', async () => {
  const others = await neighbours('a', 'b');
  const lost = '9'.repeat(64) as ContentHash;
  const asked: string[][] = [];
  queue = new CommitQueue(
    database,
    (group) => groups.push(group),
    Date.now,
    async (gone) => {
      asked.push(gone.map((content) => content.hash));
      await expect.poll(() => authors().flat().sort()).toEqual(['a', 'b', 'first']);
      return [];
    },
  );
  const entryOf = { ...entry, hash: lost };
  const missing = { hash: lost, size: 0, location: 'there', proof: 'put' } as const;
  const change: Change = { ...(put('lost') as Extract<Change, { op: 'put' }>), entry: entryOf };
  const [, told] = await Promise.all([
    queue.commit(edits('first', 1)),
    queue.commit(job('lacking', [change], { contents: new Map([[lost, missing]]) })),
    ...others.map((other) => queue.commit(other.job('f'))),
  ]);
  expect(told).toMatchObject({ status: 'decided', outcomes: [{ status: 'needs_content' }] });
  expect(asked).toEqual([[lost]]);
});

test('contents that another connection is about to name delay none of those that do not name them', async () => {
  const others = await neighbours('a', 'b');
  const taken = '8'.repeat(64) as ContentHash;
  await database.query("INSERT INTO blob (hash, size, location) VALUES ($1, 0, 'there')", [hashBytes(taken)]);
  const change: Change = { ...(put('taken') as Extract<Change, { op: 'put' }>), entry: { ...entry, hash: taken } };
  const content = { hash: taken, size: 0, location: 'there', proof: 'put' } as const;
  const { naming } = await database.transaction('write', async (transaction) => {
    await transaction.query('SELECT FROM blob WHERE hash = $1 FOR UPDATE', [hashBytes(taken)]);
    const first = queue.commit(edits('first', 1));
    const waiting = queue.commit(job('naming', [change], { contents: new Map([[taken, content]]) }));
    for (const name of ['f', 'g'])
      await Promise.all([first, ...others.map((other) => queue.commit({ ...other.job(), changes: [folder(name)] }))]);
    return { naming: waiting };
  });
  expect(await naming).toMatchObject({ status: 'decided', outcomes: [{ status: 'committed' }] });
  expect(authors().flat().sort()).toEqual(['a', 'a', 'b', 'b', 'first', 'naming']);
});

test('deletions so many that all files must be counted are held as ever, while others are stored', async () => {
  const other = await neighbour('other');
  await queue.commit(edits('all', 60));
  const deletions = Array.from({ length: 60 }, (_, index): Change => {
    return { op: 'delete', id: randomUUID(), path: `all-${index}` as RelativePath, base: `1.${index}` as VersionId };
  });
  const [, told] = await Promise.all([
    queue.commit(other.job('f')),
    queue.commit(job('deleter', deletions, { knowsHolds: true })),
    queue.commit(other.job('g')),
  ]);
  expect(new Set((told as Extract<CommitResult, { outcomes: unknown }>).outcomes.map(({ status }) => status))).toEqual(new Set(['held']));
  expect(told.directory.holds.open).toBe(1);
  // They were counted in a transaction that nobody else waited for.
  expect((await writers([key, other.key])).size).toBe(2);
});
