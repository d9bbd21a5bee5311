import {
  type ContentHash,
  type DeleteChange,
  type Entry,
  type Outcome,
  type PutChange,
  type RelativePath,
  type VersionId,
  sameContent,
  sameState,
} from '@syncpair/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';

const MS = 1_000_000n;
/** The server's clock. Small, so that mtimes lie around the 24 hours ahead of it that still count. */
const NOW = 1_000n * MS;
const DAY = 86_400_000n * MS;
const PATH = 'f' as RelativePath;
const BASE = '1.0' as VersionId;

/** A failure prints its seed and path; `SEED=… PATH_OF_FAILURE=… npx vitest run` with this file replays it. */
const env = (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env ?? {};
const runs: fc.Parameters<unknown> = {
  numRuns: Number(env['RUNS'] ?? 2_000),
  ...(env['SEED'] === undefined ? {} : { seed: Number(env['SEED']), path: env['PATH_OF_FAILURE'] ?? '' }),
};

const mtime = fc.oneof(
  fc.constantFrom(-(2n ** 62n), -MS, 0n, 1n, MS - 1n, MS, 2n * MS, NOW, NOW + DAY, NOW + DAY + 1n, 2n ** 62n),
  fc.bigInt({ min: 0n, max: 10n * MS }),
);
const file = fc
  .record({ content: fc.constantFrom('a', 'b', 'c', 'd'), mtime, executable: fc.boolean() })
  .map(({ content, ...more }): Entry => ({ kind: 'file', hash: content.repeat(64) as ContentHash, size: 1, ...more }));
const link = fc.record({ target: fc.constantFrom('x', 'y'), mtime }).map((fields): Entry => ({ kind: 'link', ...fields }));
const dir = fc.constant<Entry>({ kind: 'dir' });
const entry = fc.oneof({ weight: 6, arbitrary: file }, { weight: 2, arbitrary: link }, { weight: 1, arbitrary: dir });

type Wish = Entry | 'deleted';
const wish = fc.oneof({ weight: 5, arbitrary: entry }, { weight: 1, arbitrary: fc.constant<Wish>('deleted') });

const changeOf = (id: string, what: Wish, base: VersionId | null): PutChange | DeleteChange =>
  what === 'deleted' ? { op: 'delete', id, path: PATH, base: base ?? BASE } : { op: 'put', id, path: PATH, base, entry: what };

/** What a directory holds after these concurrent changes arrived in this order, each from a device of its own. */
function arrive(base: Entry | null, changes: readonly (PutChange | DeleteChange)[]): { directory: MemoryDirectory; outcomes: Outcome[] } {
  const directory = new MemoryDirectory();
  if (base !== null) directory.commit([changeOf('base', base, null)], { device: 'base', now: NOW });
  const outcomes = changes.map((change) => directory.commit([change], { device: change.id, now: NOW })[0] as Outcome);
  return { directory, outcomes };
}

const concurrent = (wishes: readonly Wish[], base: Entry | null) =>
  wishes.map((what, index) => changeOf(`change ${index}`, what, base === null ? null : BASE));
const permutations = <T>(items: readonly T[]): T[][] =>
  items.length <= 1 ? [[...items]] : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
/** What a user sees of a version: its kind and content. */
const contentOf = (directory: MemoryDirectory): unknown => {
  const { state } = directory.heads.get(PATH) ?? { state: { kind: 'tombstone' as const } };
  return state.kind === 'file' ? state.hash : state.kind === 'link' ? state.target : state.kind;
};
const keptContents = (directory: MemoryDirectory) => directory.versions.map(({ state }) => state);
const edits = (base: Entry | null, wishes: readonly Wish[]): Entry[] =>
  wishes.filter((what): what is Entry => what !== 'deleted' && (base === null || !sameContent(base, what)));

describe('concurrent changes of one path', () => {
  it('I4: every order of arrival has the same winner, of two and of three (R02)', () => {
    fc.assert(
      fc.property(entry, fc.array(wish, { minLength: 2, maxLength: 3 }), (base, wishes) => {
        fc.pre(edits(base, wishes).every((edit, index, all) => all.findIndex((other) => sameContent(edit, other)) === index));
        const winners = permutations(concurrent(wishes, base)).map((order) => contentOf(arrive(base, order).directory));
        expect(new Set(winners).size).toBe(1);
      }),
      runs,
    );
  });

  it('I4: so it is when two of three made the same edit at different times', () => {
    const soon = file.filter((edit) => edit.kind === 'file' && edit.mtime <= NOW + DAY);
    fc.assert(
      fc.property(soon, fc.tuple(soon, soon, soon), (base, wishes) => {
        const winners = permutations(concurrent(wishes, base)).map((order) => contentOf(arrive(base, order).directory));
        expect(new Set(winners).size).toBe(1);
      }),
      runs,
    );
  });

  it('I4: so it is where nothing was before (R02)', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { minLength: 2, maxLength: 3, comparator: sameContent }), (wishes) => {
        const winners = permutations(concurrent(wishes, null)).map((order) => contentOf(arrive(null, order).directory));
        expect(new Set(winners).size).toBe(1);
      }),
      runs,
    );
  });

  it('two of them end in the same state in both orders, mtime and executable bit included', () => {
    fc.assert(
      fc.property(file, fc.tuple(file, file), (base, wishes) => {
        const ends = permutations(concurrent(wishes, base)).map((order) => arrive(base, order).directory.heads.get(PATH)?.state);
        const [one, other] = ends as [Entry, Entry];
        // The bit that both sides set is nobody's alone; with equal contents the later proposer has it.
        const bothSet = wishes.every((what) => what.kind === 'file' && base.kind === 'file' && what.executable !== base.executable);
        if (!bothSet && sameContent(...wishes)) expect(sameState(one, other)).toBe(true);
        expect(sameContent(one, other)).toBe(true);
      }),
      runs,
    );
  });

  it('I2: each content that was proposed is the head or a version of its own; a loser is one side of a conflict (R09)', () => {
    fc.assert(
      fc.property(entry, fc.array(wish, { minLength: 2, maxLength: 4 }), (base, wishes) => {
        const { directory, outcomes } = arrive(base, concurrent(wishes, base));
        for (const edit of edits(base, wishes)) expect(keptContents(directory).some((kept) => sameContent(kept, edit))).toBe(true);
        for (const outcome of outcomes) {
          if (outcome.status !== 'lost') continue;
          const conflict = directory.conflicts.find(({ id }) => id === outcome.conflict);
          expect(conflict?.loser).toBe(outcome.version);
          expect(directory.versions.find(({ version }) => version === outcome.version)?.lost).toBe(true);
        }
        for (const { winner, loser } of directory.conflicts) {
          const sides = [winner, loser].map((version) => directory.stored(PATH, version)?.state);
          expect(sides.every((side) => side !== undefined && side.kind !== 'tombstone')).toBe(true);
          expect(sameContent(sides[0] as Entry, sides[1] as Entry)).toBe(false);
        }
      }),
      runs,
    );
  });

  it('equal content is never a conflict (R04)', () => {
    fc.assert(
      fc.property(fc.option(entry), entry, fc.array(mtime, { minLength: 1, maxLength: 3 }), (base, same, mtimes) => {
        const wishes = [same, ...mtimes.map((time) => (same.kind === 'dir' ? same : { ...same, mtime: time }))];
        const { directory } = arrive(base, concurrent(wishes, base));
        expect(directory.conflicts).toEqual([]);
        expect(sameContent(directory.heads.get(PATH)?.state as Entry, same)).toBe(true);
      }),
      runs,
    );
  });

  it('I5: an edit outlives a deletion, whichever comes first (R05)', () => {
    fc.assert(
      fc.property(entry, entry, fc.boolean(), (base, edit, deletionFirst) => {
        fc.pre(!sameContent(base, edit));
        const wishes: Wish[] = deletionFirst ? ['deleted', edit] : [edit, 'deleted'];
        const { directory } = arrive(base, concurrent(wishes, base));
        expect(directory.heads.get(PATH)?.state).toEqual(edit);
        expect(directory.conflicts).toEqual([]);
      }),
      runs,
    );
  });

  it('a touch or a chmod is no conflict with an edit, and takes nothing from it (R06)', () => {
    fc.assert(
      fc.property(file, file, file, fc.boolean(), (base, edit, other, editFirst) => {
        fc.pre(!sameContent(base, edit));
        const touched = {
          ...base,
          mtime: (other as { mtime: bigint }).mtime,
          executable: (other as { executable: boolean }).executable,
        } as Entry;
        const { directory } = arrive(base, concurrent(editFirst ? [edit, touched] : [touched, edit], base));
        expect(directory.conflicts).toEqual([]);
        const head = directory.heads.get(PATH)?.state as Entry & { kind: 'file' };
        expect(sameContent(head, edit)).toBe(true);
        const bit = (state: Entry): boolean => state.kind === 'file' && state.executable;
        expect(head.executable).toBe(bit(touched) === bit(base) ? bit(edit) : bit(touched));
      }),
      runs,
    );
  });

  it('I22: each makes one version at most', () => {
    fc.assert(
      fc.property(entry, fc.array(wish, { minLength: 1, maxLength: 4 }), (base, wishes) => {
        const { directory } = arrive(base, concurrent(wishes, base));
        expect(directory.versions.length).toBeLessThanOrEqual(1 + wishes.length);
      }),
      runs,
    );
  });
});

describe('changes made one from another', () => {
  it('I4: each replaces the one before it, whatever the mtimes, without a conflict (R01)', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 6 }), (wishes) => {
        const directory = new MemoryDirectory();
        wishes.forEach((what, index) => {
          const head = directory.heads.get(PATH);
          if (what === 'deleted' && (head === undefined || head.state.kind === 'tombstone')) return;
          directory.commit([changeOf(`change ${index}`, what, head?.version ?? null)], { now: NOW });
          const { state } = directory.heads.get(PATH) as { state: Entry };
          expect(what === 'deleted' ? state.kind : sameState(state, what)).toBe(what === 'deleted' ? 'tombstone' : true);
        });
        expect(directory.conflicts).toEqual([]);
      }),
      runs,
    );
  });
});

describe('repetition', () => {
  const step = fc.record({ what: wish, from: fc.nat({ max: 5 }), again: fc.nat({ max: 5 }) });

  it('I14: a change sent again, at any later moment, changes nothing and is answered alike (R11)', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const directory = new MemoryDirectory();
        const sent: { change: PutChange | DeleteChange; outcome: Outcome }[] = [];
        steps.forEach(({ what, from, again }, index) => {
          const base = directory.versions.filter(({ path }) => path === PATH)[from]?.version ?? null;
          const change = changeOf(`change ${index}`, what, base);
          sent.push({ change, outcome: directory.commit([change], { now: NOW })[0] as Outcome });
          const repeated = sent[again % sent.length] as (typeof sent)[number];
          if (!['committed', 'merged', 'lost'].includes(repeated.outcome.status)) return;
          const { seq } = directory;
          const [answer] = directory.commit([repeated.change], { now: NOW });
          expect(directory.seq).toBe(seq);
          expect(answer).toMatchObject({
            ...repeated.outcome,
            ...('head' in repeated.outcome ? { head: expect.anything() as unknown } : {}),
          });
        });
      }),
      runs,
    );
  });
});

describe('a tree', () => {
  const paths = ['a', 'a/b', 'a/b/c', 'a/d', 'e'] as RelativePath[];
  const step = fc.record({ path: fc.constantFrom(...paths), what: wish, from: fc.nat({ max: 8 }) });

  it('whatever comes: parents of what lives are folders, each path has one head, and losers are never heads (R09)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (commits, conflictCopies) => {
          const directory = new MemoryDirectory();
          let id = 0;
          for (const steps of commits) {
            const changes = steps.flatMap(({ path, what, from }): (PutChange | DeleteChange)[] => {
              const base = directory.versions.filter((version) => version.path === path)[from]?.version ?? null;
              if (what === 'deleted') return base === null ? [] : [{ op: 'delete', id: `c${(id += 1)}`, path, base }];
              return [{ op: 'put', id: `c${(id += 1)}`, path, base, entry: what }];
            });
            directory.commit(changes, { now: NOW, conflictCopies });
          }
          for (const path of directory.live()) {
            const parent = path.includes('/') ? (path.slice(0, path.lastIndexOf('/')) as RelativePath) : null;
            if (parent !== null) expect([path, directory.heads.get(parent)?.state.kind]).toEqual([path, 'dir']);
          }
          for (const [path, head] of directory.heads) {
            const last = directory.versions.findLast((version) => version.path === path && !version.lost);
            expect(last?.version).toBe(head.version);
          }
          const keys = directory.versions.map(({ path, version }) => `${path} ${version}`);
          expect(new Set(keys).size).toBe(keys.length);
          expect(new Set(directory.conflicts.map((conflict) => conflict.id)).size).toBe(directory.conflicts.length);
        },
      ),
      runs,
    );
  });
});
