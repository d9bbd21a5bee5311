import {
  type Change,
  type ContentHash,
  type DirectoryKey,
  type Entry,
  type RelativePath,
  type VersionId,
  isBelow,
  rebase,
} from '@syncpair/contracts';
import { MemoryDirectory } from '@syncpair/sync-core/testing';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { readConflicts } from '../store/conflict-repository.ts';
import { ensureDirectory } from '../store/directory-repository.ts';
import { streamHeads, streamHeadsAt } from '../store/head-stream.ts';
import { hashBytes } from '../store/rows.ts';
import { readLog } from '../store/log-repository.ts';
import { commitGroup } from './commit-group.ts';
import type { CommitJob, CommitResult } from './commit-job.ts';

/** A failure prints its seed and path; `SEED=… PATH_OF_FAILURE=… npx vitest run` with this file replays it. */
const runs: fc.Parameters<unknown> = {
  numRuns: Number(process.env['RUNS'] ?? 25),
  interruptAfterTimeLimit: Number(process.env['LIMIT_MS'] ?? 40_000),
  ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']), path: process.env['PATH_OF_FAILURE'] ?? '' }),
};
const NOW_MS = 1_767_225_600_000;

let server: TestDatabase;
let dataSource: DataSource;
let database: Database;
let directories = 0;

beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
  database = new Database(dataSource);
  for (const { hash, size, location } of contents.values())
    await database.query('INSERT INTO blob (hash, size, location) VALUES ($1, $2, $3)', [hashBytes(hash), size, location]);
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

const PATHS = ['a', 'a/b', 'a/b/c', 'a/d', 'e', 'f'] as RelativePath[];
const DEVICES = ['1', '2', '3'].map((digit) => digit.repeat(32));

interface FileWish {
  readonly content: string;
  readonly mtime: bigint;
  readonly executable: boolean;
}
/** `from`: how many of the path's versions back the base is; a number beyond the first stands for no base. */
type Step =
  | { readonly kind: 'edit'; readonly path: RelativePath; readonly entry: FileWish | 'dir' | 'deleted'; readonly from: number }
  | { readonly kind: 'move'; readonly path: RelativePath; readonly to: RelativePath; readonly from: number }
  | { readonly kind: 'again'; readonly which: number };

const entry = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      content: fc.constantFrom('1', '2', '3'),
      mtime: fc.bigInt({ min: 0n, max: 5_000_000n }),
      executable: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant('dir' as const) },
  { weight: 3, arbitrary: fc.constant('deleted' as const) },
);
const edit = fc.record({ kind: fc.constant('edit' as const), path: fc.constantFrom(...PATHS), entry, from: fc.nat({ max: 3 }) });
const move = fc.record({
  kind: fc.constant('move' as const),
  path: fc.constantFrom(...PATHS),
  to: fc.constantFrom(...PATHS),
  from: fc.nat({ max: 1 }),
});
const again = fc.record({ kind: fc.constant('again' as const), which: fc.nat() });
const jobOf = (step: fc.Arbitrary<Step>) =>
  fc.record({ device: fc.nat({ max: 2 }), steps: fc.array(step, { minLength: 1, maxLength: 4 }) });
const groupsOf = (step: fc.Arbitrary<Step>) =>
  fc.array(fc.array(jobOf(step), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 });

const toEntry = (wish: FileWish | 'dir'): Entry =>
  wish === 'dir'
    ? { kind: 'dir' }
    : { kind: 'file', hash: wish.content.repeat(64) as ContentHash, size: 1, mtime: wish.mtime, executable: wish.executable };
const contents = new Map(
  ['1', '2', '3'].map((digit) => {
    const hash = digit.repeat(64) as ContentHash;
    return [hash, { hash, size: 1, location: 'somewhere', proof: 'put' as const }] as const;
  }),
);

/** Makes changes of steps; bases come from versions that the test has seen of each path. */
class ChangeMaker {
  readonly seen = new Map<RelativePath, VersionId[]>();
  readonly #sent: Change[][] = DEVICES.map(() => []);
  #id = 0;

  of(device: number, steps: readonly Step[]): Change[] {
    const changes = steps.flatMap((step): Change[] => {
      if (step.kind === 'again') {
        const sent = this.#sent[device] as Change[];
        return sent.length === 0 ? [] : [sent[step.which % sent.length] as Change];
      }
      const base = this.seen.get(step.path)?.toReversed()[step.from] ?? null;
      const id = `change ${(this.#id += 1)}`;
      if (step.kind === 'move') return base === null ? [] : [{ op: 'move', id, from: step.path, to: step.to, base }];
      if (step.entry !== 'deleted') return [{ op: 'put', id, path: step.path, base, entry: toEntry(step.entry) }];
      return base === null ? [] : [{ op: 'delete', id, path: step.path, base }];
    });
    const unique = [...new Map(changes.map((change) => [change.id, change])).values()];
    this.#sent[device]?.push(...unique);
    return unique;
  }
}

const jobFor = (key: DirectoryKey, epoch: string, device: number, changes: readonly Change[], conflictCopies = false): CommitJob => ({
  key,
  device: DEVICES[device] as string,
  author: `client${device}`,
  epoch,
  cursor: 0,
  changes,
  contents,
  conflictCopies,
});

async function freshDirectory(): Promise<{ key: DirectoryKey; id: number; epoch: string }> {
  const name = `model-${(directories += 1)}`;
  const { id, epoch } = await ensureDirectory(database, { client_id: 'a', name, shared: true });
  return { key: name as DirectoryKey, id, epoch };
}

async function headsOf(directory: number, seq?: number): Promise<Map<RelativePath, { version: VersionId; state: Entry }>> {
  const heads = await database.transaction('snapshot', async (transaction) => {
    const found = [];
    for await (const batch of seq === undefined ? streamHeads(transaction, directory) : streamHeadsAt(transaction, directory, seq))
      found.push(...batch);
    return found;
  });
  return new Map(heads.map(({ path, version, state }) => [path, { version, state: state as Entry }]));
}

async function logOf(directory: number, upTo: number) {
  const commits = [];
  for (let after = 0; after < upTo;) {
    const page = await readLog(database, directory, { after, upTo }, 3);
    commits.push(...page);
    after = page.at(-1)?.seq ?? upTo;
  }
  return commits;
}

describe('the tables and the decisions agree', () => {
  test('jobs in groups are answered as the same changes one after another in memory, and leave the same heads and conflicts', async () => {
    await fc.assert(
      fc.asyncProperty(
        groupsOf(fc.oneof({ weight: 6, arbitrary: edit }, { weight: 1, arbitrary: again })),
        fc.boolean(),
        async (groups, copies) => {
          const { key, id, epoch } = await freshDirectory();
          const model = new MemoryDirectory();
          const maker = new ChangeMaker();
          for (const group of groups) {
            const jobs = group.map(({ device, steps }) => jobFor(key, epoch, device, maker.of(device, steps), copies));
            const { results } = await commitGroup(database, jobs, NOW_MS);
            const expected = jobs.map((job) =>
              model.commit(job.changes as Parameters<MemoryDirectory['commit']>[0], {
                device: job.device,
                author: job.author,
                now: BigInt(NOW_MS) * 1_000_000n,
                conflictCopies: copies,
              }),
            );
            expect(results.map((result) => (result as Extract<CommitResult, { outcomes: unknown }>).outcomes)).toEqual(expected);
            for (const { path, version } of model.versions) {
              const versions = maker.seen.get(path) ?? [];
              if (!versions.includes(version)) maker.seen.set(path, [...versions, version]);
            }
          }
          const heads = await headsOf(id);
          expect([...heads.keys()].sort()).toEqual(model.live());
          for (const [path, head] of heads)
            expect(head).toEqual({ version: model.heads.get(path)?.version, state: model.heads.get(path)?.state });
          const conflicts = await readConflicts(database, id, true);
          expect(conflicts.map((conflict) => conflict.id).sort()).toEqual(model.conflicts.map((conflict) => conflict.id).sort());
        },
      ),
      runs,
    );
  });
});

describe('whatever is edited and moved', () => {
  test('replaying the log gives the heads, at its end and after each commit; every repeat is answered alike (R16)', async () => {
    await fc.assert(
      fc.asyncProperty(
        groupsOf(fc.oneof({ weight: 4, arbitrary: edit }, { weight: 3, arbitrary: move }, { weight: 1, arbitrary: again })),
        async (groups) => {
          const { key, id, epoch } = await freshDirectory();
          const maker = new ChangeMaker();
          let head = 0;
          for (const { device, steps } of groups.flat()) {
            const job = jobFor(key, epoch, device, maker.of(device, steps));
            const { results } = await commitGroup(database, [job], NOW_MS);
            const [first] = results as [Extract<CommitResult, { outcomes: unknown }>];
            // `current` and `superseded` leave no trace, so a repeat of those is decided anew.
            if (first.outcomes.every(({ status }) => status === 'committed' || status === 'lost' || status === 'merged')) {
              const repeated = await commitGroup(database, [job], NOW_MS);
              expect(repeated.group).toBeNull();
              const versionsOf = ({ outcomes }: typeof first): unknown[] =>
                outcomes.map((outcome) => [outcome.status, 'version' in outcome ? outcome.version : null]);
              expect(versionsOf(repeated.results[0] as typeof first)).toEqual(versionsOf(first));
            }
            head = first.directory.head;
            for (const [path, { version }] of await headsOf(id)) {
              const versions = maker.seen.get(path) ?? [];
              if (!versions.includes(version)) maker.seen.set(path, [...versions, version]);
            }
          }
          const replayed = new Map<RelativePath, { version: VersionId; state: Entry }>();
          const commits = await logOf(id, head);
          expect(commits.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
          for (const { seq, changes } of commits) {
            for (const change of changes) {
              if (change.op === 'head') {
                if (change.state.kind === 'tombstone') replayed.delete(change.path);
                else replayed.set(change.path, { version: change.version, state: change.state });
                continue;
              }
              for (const [path, { state }] of [...replayed]) {
                if (path !== change.from && !isBelow(path, change.from)) continue;
                replayed.delete(path);
                replayed.set(rebase(path, change.from, change.to), { version: change.version, state });
              }
            }
            expect(sorted(replayed)).toEqual(sorted(await headsOf(id, seq)));
          }
          expect(sorted(replayed)).toEqual(sorted(await headsOf(id)));
          for (const path of replayed.keys()) {
            const slash = path.lastIndexOf('/');
            if (slash > 0) expect([path, replayed.get(path.slice(0, slash) as RelativePath)?.state.kind]).toEqual([path, 'dir']);
          }
        },
      ),
      runs,
    );
  });
});

const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
