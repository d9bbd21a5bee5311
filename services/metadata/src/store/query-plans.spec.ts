import { randomBytes } from 'node:crypto';
import { type ContentHash, type RelativePath, type VersionId, directoryKey } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database, type Queryable, type Transaction } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { readConflict } from './conflict-repository.ts';
import { usableChunks } from './chunk-repository.ts';
import { contentsOfDirectories, contentsOfDirectory, contentsOfScope, readableInDirectory } from './content-repository.ts';
import { ensureDirectory, findDirectory, lockFreeDirectories } from './directory-repository.ts';
import { namesOf } from './fsck-repository.ts';
import { readDirectoryHistory, readHistoryItems, readPathHistory } from './history-repository.ts';
import { readLog } from './log-repository.ts';
import { carryOutMove, moveFits } from './move-repository.ts';
import {
  readChangedSince,
  readClients,
  readCommitsOf,
  readHeadsBefore,
  readHeadsSince,
  readMoves,
  readTouchedPaths,
} from './revert-repository.ts';
import {
  dropConflicts,
  dropEntries,
  dropMoves,
  dropVersions,
  readAged,
  readLeastApplied,
  readPathFacts,
  readPathsWritten,
  readRetention,
  readStepEnd,
  releaseContents,
} from './retention-repository.ts';
import { seqAt } from './head-stream.ts';
import { pathHash } from './rows.ts';
import {
  countLiveChildren,
  countLiveChildrenAt,
  readAnswered,
  readHeads,
  readHeadsAt,
  readVersion,
  readVersionsAt,
} from './state-repository.ts';

/** Files in the directory, 100 to a folder; and as many older versions of them. */
const FILES = 20_000;
/** Rows that a statement about one path, or one page, may read: far above what it needs, far below what the directory has. */
const FEW = 400;

let server: TestDatabase;
let dataSource: DataSource;
let database: Database;
let directory: number;
const path = (text: string): RelativePath => text as RelativePath;
const ref = { client_id: 'alice', name: 'large', shared: true };
const device = randomBytes(16).toString('hex');

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  database = new Database(dataSource);
  directory = (await ensureDirectory(database, ref)).id;
  await fill();
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

/** Two versions of each file, each a commit of its own, in folders, with some moves and conflicts among them. */
async function fill(): Promise<void> {
  const key = (text: string): string => `sha256(convert_to(${text}, 'UTF8'))`;
  const bytes = Buffer.from(device, 'hex');
  await database.query(
    `INSERT INTO version (directory, path_hash, seq, ordinal, path, kind, hash, size, mtime, executable, ord, since_seq, since_ordinal, device,
                          change_id, lost, by_move)
     SELECT $1, ${key('p')}, seq, 0, p, 1, ${key('p || seq')}, 10, seq, false, seq, seq, 0, $2, 'c' || seq, false, false
     FROM (SELECT n AS seq, 'folder' || (n % ${FILES}) / 100 || '/file' || n % ${FILES} AS p FROM generate_series(1, ${2 * FILES}) n) files`,
    [directory, bytes],
  );
  await database.query(
    `INSERT INTO entry (directory, path_hash, parent_hash, path, seq, ordinal, kind, hash, size, mtime, executable, ord, since_seq, since_ordinal)
     SELECT directory, path_hash, ${key("split_part(path, '/', 1)")}, path, seq, ordinal, kind, hash, size, mtime, executable, ord, since_seq, since_ordinal
     FROM version WHERE directory = $1 AND seq > ${FILES}`,
    [directory],
  );
  await database.query(
    `INSERT INTO entry (directory, path_hash, parent_hash, path, seq, ordinal, kind, ord, since_seq, since_ordinal)
     SELECT $1, ${key("'folder' || n")}, '', 'folder' || n, 1, 0, 2, 1, 1, 0 FROM generate_series(0, ${FILES / 100 - 1}) n`,
    [directory],
  );
  await database.query('INSERT INTO blob (hash, size, location) SELECT hash, 10, $2 FROM version WHERE directory = $1', [directory, 'x']);
  // Some contents of 100 chunks, of which each has a few in common with its neighbours.
  await database.query(
    `INSERT INTO manifest_chunk (manifest, chunk) SELECT v.hash, ${key("'chunk' || v.seq + c")} FROM version v, generate_series(0, 99) c
     WHERE v.directory = $1 AND v.seq % 90 = 0`,
    [directory],
  );
  await database.query(`INSERT INTO blob (hash, size, location) SELECT DISTINCT chunk, 10, 'x' FROM manifest_chunk`);
  await database.query(
    `INSERT INTO chunk_claim (directory, hash, until) SELECT $1, chunk, now() FROM manifest_chunk ON CONFLICT DO NOTHING`,
    [directory],
  );
  await database.query(
    `INSERT INTO commit (directory, seq, device, author, at, lines) SELECT $1, n, $2, 'alice', now(), 1 FROM generate_series(1, ${2 * FILES}) n`,
    [directory, bytes],
  );
  await database.query(
    `INSERT INTO move (directory, seq, ordinal, from_path, to_path) SELECT $1, n, 1, 'old' || n, 'new' || n FROM generate_series(1, ${FILES}) n`,
    [directory],
  );
  await database.query(
    `INSERT INTO conflict (directory, seq, ordinal, path, kind, winner_seq, winner_ordinal, loser_seq, loser_ordinal, at)
     SELECT $1, seq, 0, path, 'content', seq, 0, seq - ${FILES}, 0, now() FROM version WHERE directory = $1 AND seq > ${FILES} AND seq % 10 = 0`,
    [directory],
  );
  await database.query(
    `INSERT INTO device_directory (directory, device, client, cursor, applied, first_seen, last_seen)
     SELECT $1 + n, sha256(int4send(n)), 'client' || n, 0, 0, now(), now() FROM generate_series(0, 2000) n`,
    [directory],
  );
  await database.query(`UPDATE directory SET head_seq = ${2 * FILES} WHERE id = $1`, [directory]);
  await database.query('ANALYZE');
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const rowsRead = (node: PlanNode): number =>
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops'];

/** What the statements of `work` did to tables that grow, found by EXPLAIN ANALYZE: each table read as a whole, and the rows read most at one place. */
async function observe(work: (db: Queryable) => Promise<unknown>): Promise<{ wholeTables: string[]; mostRows: number }> {
  const nodes: PlanNode[] = [];
  await database
    .transaction('write', async (transaction) => {
      const spying: Queryable = {
        async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
          await transaction.query('SAVEPOINT before');
          const [row] = await transaction.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
            `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
            parameters,
          );
          nodes.push(...nodesOf((row as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan));
          await transaction.query('ROLLBACK TO before');
          return transaction.query<Row>(sql, parameters);
        },
      };
      await work(spying);
      throw new RolledBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  const onTables = nodes.filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable');
  return {
    wholeTables: onTables.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] as string),
    mostRows: Math.max(0, ...onTables.map(rowsRead)),
  };
}

class RolledBack extends Error {}

/** Small tables that a scan reads fastest. */
const SMALL = ['directory'];

const LAST = 2 * FILES;
const STATEMENTS: [name: string, work: (db: Queryable) => Promise<unknown>][] = [
  ['the directory by its key', (db) => findDirectory(db, directoryKey(ref))],
  ['heads of paths', (db) => readHeads(db, directory, [path('folder7/file700'), path('folder8/file800'), path('nothing')])],
  ['heads of paths of many directories', (db) => readHeadsAt(db, MANY)],
  ['a version by its id', (db) => readVersion(db, directory, { path: path('folder7/file700'), version: '700.0' as VersionId })],
  [
    'versions of many directories',
    (db) =>
      readVersionsAt(
        db,
        MANY.map((place) => ({ ...place, version: '700.0' as VersionId })),
      ),
  ],
  ['children of a folder', (db) => countLiveChildren(db, directory, [path('folder7'), path('nothing')])],
  ['children of folders of many directories', (db) => countLiveChildrenAt(db, MANY)],
  [
    'answers of changes',
    (db) =>
      readAnswered(db, [
        { directory, device, changeId: 'c700' },
        { directory, device, changeId: 'unknown' },
      ]),
  ],
  [
    'answers of changes in many directories',
    (db) =>
      readAnswered(
        db,
        MANY.map((place) => ({ ...place, device, changeId: 'c700' })),
      ),
  ],
  ['the locks of directories', (db) => lockFreeDirectories(db as Transaction, [directoryKey(ref)])],
  [
    'contents of many directories',
    async (db) => {
      const hashes = [await someHash()];
      return contentsOfDirectories(
        db,
        MANY.map((place) => ({ ...place, hashes })),
      );
    },
  ],
  ['the log since a cursor near its end', (db) => readLog(db, directory, { after: LAST - 20, upTo: LAST })],
  ['the log since an old cursor, one page', (db) => readLog(db, directory, { after: 10, upTo: LAST }, 100)],
  [
    'a move of a folder',
    (db) =>
      carryOutMove(db as Transaction, directory, {
        seq: LAST + 1,
        ordinal: 0,
        from: path('folder7'),
        to: path('moved'),
        device,
        changeId: 'm',
      }),
  ],
  ['whether a move fits', (db) => moveFits(db as Transaction, directory, { from: path('folder7'), to: path('a-longer-name') })],
  ['history of a file', (db) => readPathHistory(db, directory, path('folder7/file700'), null, 100)],
  ['history of a folder', (db) => readPathHistory(db, directory, path('folder7'), null, 100)],
  ['history of a directory, one page', (db) => readDirectoryHistory(db, directory, null, 100)],
  ['history of a directory, a page in the middle', (db) => readDirectoryHistory(db, directory, { seq: FILES, ordinal: 0, path: 'x' }, 100)],
  [
    'named versions as items of history',
    (db) => readHistoryItems(db, directory, [{ path: 'folder7/file700', version: '700.0' as VersionId }]),
  ],
  ['a conflict', (db) => readConflict(db, directory, `${FILES + 700}.0` as VersionId)],
  ['the retention of a directory', (db) => readRetention(db, directory)],
  ['how far every device is', (db) => readLeastApplied(db, directory, new Date(0))],
  ['the end of a step through the log', (db) => readStepEnd(db, directory, 10, LAST, 100)],
  ['paths that a step goes through', (db) => readPathsWritten(db, directory, 700, 800)],
  ['versions of paths up to a commit', (db) => readAged(db, directory, [someKey()], LAST, { withContent: true })],
  ['heads and sides of conflicts of paths', (db) => readPathFacts(db, directory, [someKey()])],
  ['contents that expire', (db) => releaseContents(db as Transaction, directory, [{ key: someKey(), version: '700.0' as VersionId }])],
  ['versions that are dropped', (db) => dropVersions(db as Transaction, directory, [{ key: someKey(), version: '700.0' as VersionId }])],
  ['deleted paths that are forgotten', (db) => dropEntries(db as Transaction, directory, [someKey()])],
  ['moves that are forgotten', (db) => dropMoves(db as Transaction, directory, 20)],
  ['conflicts that are forgotten', (db) => dropConflicts(db as Transaction, directory, new Date(), 100)],
  ['the commit at a time', (db) => seqAt(db, directory, BigInt(Date.now()) * 1_000_000n)],
  ['what changed in a directory since a late commit', (db) => readChangedSince(db, directory, LAST - 20, null, 1_000)],
  ['what changed in a folder since an old commit', (db) => readChangedSince(db, directory, 10, path('folder7'), 1_000)],
  ['commits of a client in a span', (db) => readCommitsOf(db, directory, 'nobody', { from: 0n, to: 2n ** 62n }, 100)],
  ['clients of a directory', (db) => readClients(db, directory, 50)],
  ['paths that commits touched', (db) => readTouchedPaths(db, directory, [700, 701], 100)],
  ['moves since a commit', (db) => readMoves(db, directory, FILES - 20, new Set(), 100)],
  ['versions of paths since a commit', (db) => readHeadsSince(db, directory, [path('folder7/file700')], 10, new Set())],
  ['heads of paths before a commit', (db) => readHeadsBefore(db, directory, [path('folder7/file700')], FILES)],
  ['contents of a directory', async (db) => contentsOfDirectory(db, directory, [await someHash()])],
  ['contents of all that a client may read', async (db) => contentsOfScope(db, { client: 'alice' }, [await someHash()])],
  ['contents and chunks of a directory', async (db) => readableInDirectory(db, directory, [await someHash(), await someChunk()])],
  ['chunks that a client may use', async (db) => usableChunks(db, directory, { client: 'alice' }, [await someHash(), await someChunk()])],
  ['many chunks of a directory', async (db) => readableInDirectory(db, directory, await manyChunks())],
  ['many chunks that a client may use', async (db) => usableChunks(db, directory, { client: 'alice' }, await manyChunks())],
  ['where a damaged chunk belongs', async (db) => namesOf(db, await someChunk(), 3)],
];

/** Paths of this directory and of many others, which nothing is known of. */
const MANY = Array.from({ length: 100 }, (_, index) => ({ directory: index, path: path('folder7/file700') }));

const someKey = (): Buffer => pathHash('folder7/file700');

async function someChunk(): Promise<ContentHash> {
  const [row] = await database.query<{ chunk: Buffer }>('SELECT chunk FROM manifest_chunk LIMIT 1');
  return (row as { chunk: Buffer }).chunk.toString('hex') as ContentHash;
}

/** So many that looking each of them up seems to cost more than reading a whole table. */
async function manyChunks(): Promise<ContentHash[]> {
  const rows = await database.query<{ chunk: Buffer }>('SELECT chunk FROM manifest_chunk GROUP BY chunk HAVING count(*) = 1 LIMIT 300');
  return rows.map(({ chunk }) => chunk.toString('hex') as ContentHash);
}

async function someHash(): Promise<ContentHash> {
  const [row] = await database.query<{ hash: Buffer }>('SELECT hash FROM version WHERE directory = $1 AND seq = 700', [directory]);
  return (row as { hash: Buffer }).hash.toString('hex') as ContentHash;
}

describe(`in a directory of ${FILES} files, each with two versions`, () => {
  test.each(STATEMENTS)('%s: by an index, and few rows', async (_name, work) => {
    const { wholeTables, mostRows } = await observe(work);
    expect(wholeTables.filter((table) => !SMALL.includes(table))).toEqual([]);
    expect(mostRows).toBeLessThanOrEqual(FEW);
  });

  test('the check itself: a statement without an index is found out', async () => {
    const { wholeTables, mostRows } = await observe((db) => db.query('SELECT * FROM version WHERE size = 11'));
    expect(wholeTables).toEqual(['version']);
    expect(mostRows).toBeGreaterThan(FEW);
  });
});
