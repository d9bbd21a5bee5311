import type { RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { goesAlong } from './goes-along.ts';

const gone: VersionState = { kind: 'tombstone' };
const dir: VersionState = { kind: 'dir' };
const move = { from: 'a' as RelativePath, to: 'new/a' as RelativePath, version: '7.1' as VersionId };

const TABLE: [name: string, path: string, version: string, state: VersionState, movedFrom: string | null, expected: boolean][] = [
  ['the tombstone of the move itself', 'a', '7.1', gone, null, true],
  ['a tombstone below that the move made', 'a/f', '7.1', gone, null, true],
  ['a later deletion below', 'a/f', '8.0', gone, null, true],
  ['a deletion below in the same commit, before the move', 'a/f', '7.0', gone, null, false],
  ['a deletion below from before the move', 'a/f', '6.3', gone, null, false],
  ['a seq of more digits is later', 'a/f', '10.0', gone, null, true],
  ['a deletion beside it', 'ab', '8.0', gone, null, false],
  ['a deletion at its end', 'new/a/f', '8.0', gone, null, false],
  ['an entry that the move brings', 'new/a/f', '7.1', dir, 'a/f', true],
  ['an entry that was moved there on its own', 'new/a/g', '8.0', dir, 'g', true],
  ['an entry that was made at its end', 'new/a/g', '8.0', dir, null, false],
  ['an entry that was made where it began', 'a', '8.0', dir, null, false],
];

test.each(TABLE)('%s (R13)', (_, path, version, state, movedFrom, expected) => {
  const head = { path: path as RelativePath, version: version as VersionId, state, movedFrom: movedFrom as RelativePath | null };
  expect(goesAlong(head, move)).toBe(expected);
});
