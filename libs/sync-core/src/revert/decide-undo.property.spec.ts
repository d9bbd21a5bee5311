import type { ContentHash, Entry, RelativePath } from '@syncpair/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemorySpan } from '../testing/memory-span.ts';
import { decideUndo } from './decide-undo.ts';

const NAMES = ['a', 'b', 'c'];
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => names.join('/') as RelativePath);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('put' as const), path }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('dir' as const), path }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('remove' as const), path }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('move' as const), path, to: path }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

let contents = 0;
const file = (author: string): Entry => ({
  kind: 'file',
  hash: `${author}-${(contents += 1)}` as ContentHash,
  size: 1,
  mtime: 1n,
  executable: false,
});

function play(directory: MemorySpan, { op, path: at, ...more }: Action, author: string): void {
  if (op === 'put') directory.put(at, file(author), author);
  else if (op === 'dir') directory.put(at, { kind: 'dir' }, author);
  else if (op === 'remove') directory.remove(at, author);
  else directory.move(at, (more as { to: RelativePath }).to, author);
}

function started(past: readonly Action[]): MemorySpan {
  const directory = new MemorySpan();
  for (const one of past) play(directory, one, 'past');
  directory.begin();
  return directory;
}

const put = (at: string): Action => ({ op: 'put', path: at as RelativePath });
const dir = (at: string): Action => ({ op: 'dir', path: at as RelativePath });
const remove = (at: string): Action => ({ op: 'remove', path: at as RelativePath });
const move = (at: string, to: string): Action => ({ op: 'move', path: at as RelativePath, to: to as RelativePath });

/** What is easily done and seldom drawn: a name that goes from one thing to another, and folders that come and go in between. */
const OWN: [Action[], Action[]][] = [
  [[put('c/b')], [dir('a'), remove('c/b'), remove('c'), move('a', 'c')]],
  [
    [put('c'), put('b/a')],
    [remove('b/a'), remove('b'), move('c', 'b')],
  ],
  [[dir('b')], [put('c/b/a'), move('b', 'c/b/b'), move('c/b', 'a')]],
  [[put('a/b')], [move('a', 'c'), remove('c/b'), move('c', 'a'), put('c/b/a')]],
  [[put('c/c')], [move('c', 'a'), move('a/c', 'b'), remove('a')]],
  [[put('b/c')], [move('b', 'c'), dir('b/a'), move('c/c', 'b/c'), remove('c')]],
  [[put('b/a/c')], [move('b', 'a'), move('a/a', 'b'), remove('b/c')]],
  [
    [put('a/a'), dir('c/a')],
    [put('b/b/a'), move('c', 'b/b/b'), move('b/b', 'a/b'), put('b')],
  ],
  [[put('a/c/a')], [put('b/a/c'), move('b/a/c', 'a/a'), move('a/c', 'a/b'), move('a/a', 'a/c')]],
];
const WITH_BOB: [Action[], [Action, boolean][]][] = [
  [
    [put('b/c/a')],
    [
      [move('b/c', 'a'), true],
      [put('b'), false],
      [remove('b'), true],
    ],
  ],
  [
    [put('a/a/b')],
    [
      [put('c'), false],
      [remove('c'), true],
      [move('a/a/b', 'c'), false],
      [remove('c'), true],
    ],
  ],
];

const past = fc.array(action, { maxLength: 12 });
const filesOf = (tree: readonly string[], author: string): string[] =>
  tree.flatMap((line) => line.split(' ').filter((word) => word.startsWith(`${author}-`))).sort();

test('what nobody else touched is again what it was, whatever was done to it (R55)', () => {
  fc.assert(
    fc.property(past, fc.array(action, { maxLength: 15 }), (before, own) => {
      const directory = started(before);
      const tree = directory.tree();
      for (const one of own) play(directory, one, 'alice');
      const plan = decideUndo(directory.span('alice'), directory.view);
      expect(directory.carryOut(plan)).toEqual([]);
      // A folder that lies in what took its name would need a third name in between.
      if (plan.kept.length > 0) expect(filesOf(directory.tree(), 'past')).toEqual(filesOf(tree, 'past'));
      else expect(directory.tree()).toEqual(tree);
      expect(plan.kept.filter(({ reason }) => reason !== 'taken')).toEqual([]);
    }),
    { numRuns: 1_500, examples: OWN },
  );
});

test('everybody else’s files stay, and what comes back replaces none of them (R56)', () => {
  fc.assert(
    fc.property(past, fc.array(fc.tuple(action, fc.boolean()), { maxLength: 15 }), (before, both) => {
      const directory = started(before);
      for (const [one, own] of both) play(directory, one, own ? 'alice' : 'bob');
      const bobs = filesOf(directory.tree(), 'bob');
      const plan = decideUndo(directory.span('alice'), directory.view);
      expect(directory.carryOut(plan)).toEqual([]);
      const after = filesOf(directory.tree(), 'bob');
      expect(after).toEqual(expect.arrayContaining(bobs));
    }),
    { numRuns: 1_500, examples: WITH_BOB },
  );
});

test('a span in which the client did nothing has nothing to undo', () => {
  fc.assert(
    fc.property(past, fc.array(action, { maxLength: 15 }), (before, others) => {
      const directory = started(before);
      for (const one of others) play(directory, one, 'bob');
      expect(decideUndo(directory.span('alice'), directory.view)).toEqual({ steps: [], kept: [] });
    }),
    { numRuns: 300 },
  );
});
