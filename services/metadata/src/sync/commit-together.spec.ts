import { hash } from 'node:crypto';
import {
  type Change,
  type ContentHash,
  type DirectoryKey,
  type Entry,
  type Outcome,
  type RelativePath,
  type VersionId,
} from '@syncpair/contracts';
import type { HoldLimits } from '@syncpair/sync-core';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { readConflicts } from '../store/conflict-repository.ts';
import { ensureDirectory, findDirectory } from '../store/directory-repository.ts';
import { readHolds } from '../store/hold-repository.ts';
import { readLog } from '../store/log-repository.ts';
import { hashBytes } from '../store/rows.ts';
import { commitGroup } from './commit-group.ts';
import type { CommitJob, CommitResult, CommittedGroup } from './commit-job.ts';
import { CommitQueue } from './commit-queue.ts';

const NOW_MS = 1_767_225_600_000;
/** So low that some deletions pass and some are held. */
const LIMITS: HoldLimits = { files: 2, percent: 0 };
const DIRECTORIES = 4;
const ROUNDS = 5;
const DEVICES = ['1', '2'].map((digit) => digit.repeat(32));
const PATHS = ['a', 'a/b', 'a/c', 'd', 'e'] as RelativePath[];

let server: TestDatabase;
let dataSource: DataSource;
let database: Database;
let made = 0;

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  database = new Database(dataSource);
  for (const each of contents.keys())
    await database.query("INSERT INTO blob (hash, size, location) VALUES ($1, 1, 'here')", [hashBytes(each)]);
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

const CONTENTS = ['1', '2', '3'];
/** Each path has its own: a content that lives on under another name is no deletion, and whether it does may hang on what is not stored yet. */
const contentOf = (of: RelativePath, content: string): ContentHash => hash('sha256', `${of} ${content}`) as ContentHash;
const contents = new Map(
  PATHS.flatMap((of) => CONTENTS.map((content) => contentOf(of, content))).map((each) => [
    each,
    { hash: each, size: 1, location: 'here', proof: 'put' as const },
  ]),
);

/** `from`: how many of the versions that are known of the path back the base is; a number beyond the first stands for no base. */
type Step =
  | { readonly kind: 'put'; readonly path: RelativePath; readonly content: string | null; readonly mtime: bigint; readonly from: number }
  | { readonly kind: 'delete'; readonly path: RelativePath; readonly from: number }
  | { readonly kind: 'move'; readonly path: RelativePath; readonly to: RelativePath }
  | { readonly kind: 'again'; readonly which: number }
  | { readonly kind: 'broken' };

const path = fc.constantFrom(...PATHS);
const stepOf = (moves: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        path,
        content: fc.constantFrom(...CONTENTS, null),
        mtime: fc.bigInt({ min: 0n, max: 3_000_000n }),
        from: fc.nat({ max: 2 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), path, from: fc.nat({ max: 1 }) }) },
    { weight: moves ? 1 : 0, arbitrary: fc.record({ kind: fc.constant('move' as const), path, to: path }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('broken' as const) }) },
  );
/** What one request brings. `stranger`: its history is another one. */
const proposalOf = (moves: boolean) =>
  fc.record({
    directory: fc.nat({ max: DIRECTORIES - 1 }),
    device: fc.nat({ max: DEVICES.length - 1 }),
    stranger: fc.integer({ min: 0, max: 12 }).map((number) => number === 0),
    steps: fc.array(stepOf(moves), { minLength: 1, maxLength: 3 }),
  });
const roundsOf = (moves: boolean) =>
  fc.record({
    // What was moved has the contents of its old name.
    limits: fc.constant<HoldLimits>(moves ? 'off' : LIMITS),
    rounds: fc.array(fc.array(proposalOf(moves), { minLength: 2, maxLength: 14 }), { minLength: 1, maxLength: ROUNDS }),
  });

/** Two directories to which the same is done: in one by the queue, in the other by one job after another. */
interface Twins {
  readonly queued: { readonly key: DirectoryKey; readonly id: number; readonly epoch: string };
  readonly alone: Twins['queued'];
  readonly seen: Map<RelativePath, VersionId[]>;
  readonly sent: Change[][];
}

async function fresh(): Promise<Twins['queued']> {
  const name = `together-${(made += 1)}`;
  const { id, epoch } = await ensureDirectory(database, { client_id: 'a', name, shared: true });
  return { key: name as DirectoryKey, id, epoch };
}

let ids = 0;
function changesOf(steps: readonly Step[], { seen, sent }: Twins, device: number): Change[] {
  const before = sent[device] as Change[];
  const changes = steps.flatMap((each): Change[] => {
    if (each.kind === 'again') return before.length === 0 ? [] : [before[each.which % before.length] as Change];
    if (each.kind === 'broken')
      return [{ op: 'put', id: `\0${(ids += 1)}`, path: 'broken' as RelativePath, base: null, entry: { kind: 'dir' } }];
    const id = `change ${(ids += 1)}`;
    const known = seen.get(each.path)?.toReversed() ?? [];
    if (each.kind === 'move') return known[0] === undefined ? [] : [{ op: 'move', id, from: each.path, to: each.to, base: known[0] }];
    const base = known[each.from] ?? null;
    if (each.kind === 'delete') return base === null ? [] : [{ op: 'delete', id, path: each.path, base }];
    const { content, mtime } = each;
    const entry: Entry =
      content === null ? { kind: 'dir' } : { kind: 'file', hash: contentOf(each.path, content), size: 1, mtime, executable: false };
    return [{ op: 'put', id, path: each.path, base, entry }];
  });
  const unique = [...new Map(changes.map((change) => [change.id, change])).values()];
  before.push(...unique.filter(({ id }) => !id.startsWith('\0')));
  return unique;
}

const jobOf = (to: Twins['queued'], device: number, changes: readonly Change[], stranger: boolean): CommitJob => ({
  key: to.key,
  device: DEVICES[device] as string,
  author: `client${device}`,
  epoch: stranger ? 'another' : to.epoch,
  cursor: 0,
  changes,
  contents,
  conflictCopies: false,
  knowsHolds: true,
});

/** What there is to compare of a result: ids of holds are random. */
const answerOf = (result: PromiseSettledResult<CommitResult>): unknown => {
  if (result.status === 'rejected') return 'rejected';
  const told = result.value;
  if (told.status === 'rejoin') return 'rejoin';
  return told.outcomes.map((outcome: Outcome) => (outcome.status === 'held' ? { ...outcome, hold: 'some' } : outcome));
};

/** All that is kept of a directory, but for random marks and ids. */
async function keptOf({ id, key }: Twins['queued']) {
  const {
    epoch: _epoch,
    id: _id,
    mark: _mark,
    ...directory
  } = (await findDirectory(database, key)) as NonNullable<Awaited<ReturnType<typeof findDirectory>>>;
  const commits = await readLog(database, id, { after: 0, upTo: directory.head });
  const holds = await readHolds(database, id, 'any', { decidedToo: true });
  const rows = (table: string, columns: string, order: string) =>
    database.query<object>(`SELECT ${columns} FROM ${table} WHERE directory = $1 ORDER BY ${order}`, [id]);
  return {
    directory,
    commits: commits.map(({ mark: _each, ...commit }) => commit),
    entries: await rows('entry', 'path, seq, ordinal, kind, hash, mtime, ord, since_seq, since_ordinal', 'path'),
    versions: await rows(
      'version',
      'path, seq, ordinal, kind, hash, parent_seq, parent_ordinal, change_id, lost, by_move',
      'path, seq, ordinal',
    ),
    conflicts: (await readConflicts(database, id, true)).map((conflict) => ({ ...conflict, at: null })),
    held: holds.map(({ client, paths, sample }) => ({ client, paths, sample })).sort((a, b) => (a.client < b.client ? -1 : 1)),
    counted: await rows('deletion_count', 'device, slot, files', 'device, slot'),
  };
}

test('jobs of several directories at once: each is answered, and each directory left, as by one job after another (R12)', async () => {
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(roundsOf(false), roundsOf(true)), async ({ limits, rounds }) => {
      const groups: CommittedGroup[] = [];
      const queue = new CommitQueue(
        database,
        (group) => groups.push(group),
        () => NOW_MS,
        () => Promise.resolve([]),
        limits,
      );
      const twins: Twins[] = [];
      while (twins.length < DIRECTORIES)
        twins.push({ queued: await fresh(), alone: await fresh(), seen: new Map(), sent: DEVICES.map(() => []) });
      for (const round of rounds) {
        const asked = round.map(({ directory, device, stranger, steps }) => {
          const of = twins[directory] as Twins;
          return { of, device, stranger, changes: changesOf(steps, of, device) };
        });
        const told = await Promise.allSettled(
          asked.map(({ of, device, stranger, changes }) => queue.commit(jobOf(of.queued, device, changes, stranger))),
        );
        if (new Set(asked.map(({ of }) => of)).size > 1) shared += 1;
        for (const [index, { of, device, stranger, changes }] of asked.entries()) {
          const job = jobOf(of.alone, device, changes, stranger);
          const [expected] = await Promise.allSettled([commitGroup(database, [job], NOW_MS, limits).then(({ results }) => results[0])]);
          expect(answerOf(told[index] as PromiseSettledResult<CommitResult>)).toEqual(
            answerOf(expected as PromiseSettledResult<CommitResult>),
          );
        }
        for (const { queued, alone, seen } of twins) {
          const kept = await keptOf(queued);
          // Several jobs in one transaction tell the last of them what the directory's holds are; how often they changed is another matter.
          expect({ ...kept, directory: { ...kept.directory, holds: kept.directory.holds.open } }).toEqual(
            await keptOf(alone).then((one) => ({ ...one, directory: { ...one.directory, holds: one.directory.holds.open } })),
          );
          for (const { changes } of kept.commits)
            for (const change of changes)
              if (change.op === 'head' && !(seen.get(change.path) ?? []).includes(change.version))
                seen.set(change.path, [...(seen.get(change.path) ?? []), change.version]);
        }
      }
      for (const { queued } of twins) {
        const of = groups.filter(({ directory }) => directory.id === queued.id);
        const seqs = of.flatMap(({ commits }) => commits.map(({ seq }) => seq));
        expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
        expect((await findDirectory(database, queued.key))?.head).toBe(seqs.length);
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 12), interruptAfterTimeLimit: 40_000 },
  );
  expect(shared).toBeGreaterThan(0);
});
