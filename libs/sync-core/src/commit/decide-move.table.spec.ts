import type { ContentHash, Entry, MoveChange, RelativePath, VersionId } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { decideMove } from './decide-move.ts';

const path = (text: string): RelativePath => text as RelativePath;
const dir: Entry = { kind: 'dir' };
const file = (content: string): Entry => ({
  kind: 'file',
  hash: content.padEnd(64, '0') as ContentHash,
  size: 1,
  mtime: 1n,
  executable: false,
});

/** `d/x` and `d/sub/y` under 1.x, an edit of `d/x` as 2.0, a file `f` (3.0), and `gone`, a tombstone (5.0). */
function directory(): MemoryDirectory {
  const made = new MemoryDirectory();
  const put = (at: string, entry: Entry, base: string | null = null) =>
    ({ op: 'put', id: `${at} ${base}`, path: path(at), base: base as VersionId | null, entry }) as const;
  made.commit([put('d', dir), put('d/x', file('a')), put('d/sub/y', file('b'))]);
  made.commit([put('d/x', file('c'), '1.1')]);
  made.commit([put('f', file('d'))]);
  made.commit([put('gone', file('e'))]);
  made.commit([{ op: 'delete', id: 'gone', path: path('gone'), base: '4.0' as VersionId }]);
  return made;
}

const move = (from: string, to: string, base: string): MoveChange => ({
  op: 'move',
  id: 'move',
  from: path(from),
  to: path(to),
  base: base as VersionId,
});

const TABLE: [name: string, change: MoveChange, verdict: 'accept' | 'superseded', head?: string | null][] = [
  ['a file to a free name', move('f', 'g', '3.0'), 'accept'],
  ['a file into a folder', move('f', 'd/sub/f', '3.0'), 'accept'],
  ['a file to where something was deleted', move('f', 'gone', '3.0'), 'accept'],
  ['a folder', move('d', 'e', '1.0'), 'accept'],
  ['a folder whose contents others have edited (R13)', move('d', 'e', '1.0'), 'accept'],
  ['a folder by an older version of it', move('d', 'e', '0.0'), 'accept'],
  ['a file that somebody else has edited (R14)', move('d/x', 'x', '1.1'), 'superseded', '2.0'],
  ['a file to a name that is taken (R14)', move('f', 'd', '3.0'), 'superseded', '3.0'],
  ['a file over another file', move('f', 'd/x', '3.0'), 'superseded', '3.0'],
  ['a folder to a name that is taken', move('d', 'f', '1.0'), 'superseded', '1.0'],
  ['a folder into itself', move('d', 'd/sub/d', '1.0'), 'superseded', '1.0'],
  ['to its own name', move('f', 'f', '3.0'), 'superseded', '3.0'],
  ['into a folder that is not there (R14)', move('f', 'nowhere/f', '3.0'), 'superseded', '3.0'],
  ['below a file', move('d', 'f/d', '1.0'), 'superseded', '1.0'],
  ['into a folder that was deleted', move('f', 'gone/f', '3.0'), 'superseded', '3.0'],
  ['what was deleted (R14)', move('gone', 'back', '4.0'), 'superseded', '5.0'],
  ['what never was', move('never', 'x', '1.0'), 'superseded', null],
  ['a folder to a name that only begins like its own', move('d', 'd2', '1.0'), 'accept'],
];

describe('decideMove', () => {
  it.each(TABLE)('%s', (_name, change, verdict, head) => {
    const decision = decideMove(directory().view('device'), change);
    if (verdict === 'accept') expect(decision).toEqual({ verdict: 'accept' });
    else
      expect(decision).toMatchObject({
        verdict: 'answer',
        outcome: { id: 'move', status: 'superseded', head: head === null ? null : { path: change.from, version: head } },
      });
  });

  it('a move sent again gets its first answer, whatever lies at both names by now (R11)', () => {
    const view = directory().view('device');
    const stored = { version: '6.0' as VersionId, state: file('d'), order: 1n, contentSince: '6.0' as VersionId };
    const answered = { ...view, answered: () => ({ path: path('g'), version: stored, conflict: null, lost: false }) };
    expect(decideMove(answered, move('f', 'g', '3.0'))).toEqual({
      verdict: 'answer',
      outcome: { id: 'move', status: 'committed', version: '6.0', conflict: null },
    });
  });
});
