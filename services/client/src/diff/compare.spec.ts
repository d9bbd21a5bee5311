import type { ContentHash, RelativePath, VersionId } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import type { Observed } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import { isUntouched } from './compare.ts';

const HASH = 'a'.repeat(64) as ContentHash;

const base = (state: BaseEntry['state'], stamp: string | null = 'f.1'): BaseEntry => ({
  path: 'f' as RelativePath,
  version: '1.0' as VersionId,
  state,
  held: false,
  stamp,
  inode: 5n,
});
const known = (executable: boolean): BaseEntry => base({ kind: 'file', hash: HASH, size: 3, mtime: 7n, executable });
const file = (executable: boolean | null, stamp = 'f.1'): Observed => ({
  kind: 'file',
  stamp,
  inode: 5n,
  size: 3,
  mtime: 7n,
  ctime: 9n,
  executable,
});
const folder: Observed = { kind: 'dir', stamp: 'd.5', inode: 5n, otherFileSystem: false };

describe('isUntouched', () => {
  it.each([
    ['a file with its stamp', known(false), file(false), true],
    ['an executable one', known(true), file(true), true],
    ['one of a platform that does not tell who may execute it', known(true), file(null), true],
    ['one that became executable within the grain of the clock', known(false), file(true), false],
    ['one that ceased to be executable within it', known(true), file(false), false],
    ['one with another stamp', known(false), file(false, 'f.2'), false],
    ['one that is not on disk by what is known', base(known(false).state, null), file(false), false],
    ['a folder', base({ kind: 'dir' }, 'd.5'), folder, true],
    ['a folder where a file was', base(known(false).state, 'd.5'), folder, false],
    ['something new', null, folder, false],
  ])('%s', (_name, before, observed, expected) => {
    expect(isUntouched(before, observed)).toBe(expected);
  });
});
