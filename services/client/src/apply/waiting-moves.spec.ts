import type { RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { WaitingMoves } from './waiting-moves.ts';

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
  expect(new WaitingMoves([move]).carry(head)).toBe(expected);
  expect(new WaitingMoves([]).carry(head)).toBe(false);
});

test('of two renames from one place the first one counts (R13)', () => {
  const later = { ...move, to: 'old/a' as RelativePath, version: '9.0' as VersionId };
  const head = { path: 'a/f' as RelativePath, version: '8.0' as VersionId, state: gone, movedFrom: null };
  expect(new WaitingMoves([move, later]).carry(head)).toBe(true);
  expect(new WaitingMoves([later]).carry(head)).toBe(false);
});
