import type { Change, ContentHash, Entry, RelativePath, VersionId } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';

type Edit = Exclude<Change, { op: 'move' }>;
const file = (content: string): Entry => ({
  kind: 'file',
  hash: Buffer.from(content).toString('hex').padEnd(64, '0') as ContentHash,
  size: 1,
  mtime: 1n,
  executable: false,
});
const dir: Entry = { kind: 'dir' };
let ids = 0;
const put = (path: string, entry: Entry, base: string | null): Edit => ({
  op: 'put',
  id: `change-${(ids += 1)}`,
  path: path as RelativePath,
  base: base as VersionId | null,
  entry,
});
const remove = (path: string, base: string): Edit => ({
  op: 'delete',
  id: `change-${(ids += 1)}`,
  path: path as RelativePath,
  base: base as VersionId,
});

/** 1.0 `f`, 1.1 `d`, 1.2 `d/x`, then `f` edited as 2.0 and `gone` made and deleted as 3.0 and 4.0. */
function directory(): MemoryDirectory {
  const made = new MemoryDirectory();
  made.commit([put('f', file('one'), null), put('d/x', file('x'), null)]);
  made.commit([put('f', file('two'), '1.0')]);
  made.commit([put('gone', file('gone'), null)]);
  made.commit([remove('gone', '3.0')]);
  return made;
}

test.each<[name: string, changes: Edit[], statuses: string[]]>([
  ['made from the head', [put('f', file('new'), '2.0')], ['committed']],
  ['made from an older version', [put('f', file('new'), '1.0')], ['superseded']],
  ['made from an older version, with the content of the head', [put('f', file('two'), '1.0')], ['superseded']],
  ['made as new where something lies', [put('f', file('new'), null)], ['superseded']],
  ['made as new where nothing ever lay', [put('new/deep', file('new'), null)], ['committed']],
  ['made as new where something was deleted meanwhile', [put('gone', file('new'), null)], ['superseded']],
  ['made from the deletion', [put('gone', file('new'), '4.0')], ['committed']],
  ['below what is a file', [put('f/deep', file('new'), null)], ['superseded']],
  ['in place of a folder with contents', [put('d', file('new'), '1.1')], ['superseded']],
  ['in place of a folder that was emptied before', [remove('d/x', '1.2'), put('d', file('new'), '1.1')], ['committed', 'committed']],
  ['a deletion of the head', [remove('f', '2.0')], ['committed']],
  ['a deletion of an older version', [remove('f', '1.0')], ['superseded']],
  ['a folder over itself', [put('d', dir, '1.1')], ['current']],
  ['one that fails stops no other', [put('f', file('new'), '1.0'), remove('d/x', '1.2')], ['superseded', 'committed']],
])('a strict change %s', (_name, changes, statuses) => {
  const made = directory();
  const outcomes = made.commit(changes, { strict: true });
  expect(outcomes.map(({ status }) => status)).toEqual(statuses);
  expect(made.conflicts).toEqual([]);
});
