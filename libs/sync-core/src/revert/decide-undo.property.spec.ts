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
    { numRuns: 1_500 },
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
    { numRuns: 1_500 },
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
