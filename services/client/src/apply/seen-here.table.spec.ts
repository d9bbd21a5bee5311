import type { ContentHash, RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import { compileIgnoreRules } from '@syncpair/sync-core';
import { describe, expect, it } from 'vitest';
import { seenHere } from './seen-here.ts';

const rules = compileIgnoreRules({ patterns: ['cache/**', '*.tmp'], ignoreFile: null });
const file: VersionState = { kind: 'file', hash: 'a'.repeat(64) as ContentHash, size: 1, mtime: 0n, executable: false };
const dir: VersionState = { kind: 'dir' };
const tombstone: VersionState = { kind: 'tombstone' };

const TABLE: [name: string, path: string, base: VersionState | null, head: VersionState, seen: VersionState | null][] = [
  ['what is not ignored is what it is', 'a', null, file, file],
  ['a deletion is a deletion', 'a', file, tombstone, tombstone],
  ['what was in sync and is ignored by now stays, though it is deleted elsewhere', 'x.tmp', file, tombstone, null],
  ['a deletion of what is not here', 'x.tmp', null, tombstone, tombstone],
  ['what is ignored means nothing', 'cache', null, dir, null],
  ['an ignored folder in place of a file that is not: the file is gone', 'cache', file, dir, tombstone],
  ['an ignored folder where one stayed for what is ignored in it', 'cache', tombstone, dir, null],
  ['what was in sync and is ignored by now stays as it is', 'x.tmp', file, file, null],
  ['what was in sync and is ignored by now stays, whatever its kind', 'x.tmp', file, dir, null],
];

describe('seenHere', () => {
  it.each(TABLE)('%s', (_name, path, baseState, state, seen) => {
    const at = path as RelativePath;
    const base =
      baseState === null ? null : { path: at, version: '1.0' as VersionId, state: baseState, held: false, stamp: 'f.1', inode: 1n };
    const head = { path: at, version: '2.0' as VersionId, state, movedFrom: null };
    expect(seenHere(head, base, rules)?.state ?? null).toEqual(seen);
  });
});
