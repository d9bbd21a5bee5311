import type { ContentHash, Entry, Outcome, PutChange, RelativePath, VersionId } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';

const hashOf = (content: string): ContentHash => Buffer.from(content).toString('hex').padEnd(64, '0') as ContentHash;
const file = (content: string, mtime = 100n): Entry => ({
  kind: 'file',
  hash: hashOf(content),
  size: 1,
  mtime: mtime * 1_000_000n,
  executable: false,
});
let ids = 0;
const put = (entry: Entry, base: string | null): PutChange => ({
  op: 'put',
  id: `change-${(ids += 1)}`,
  path: 'f' as RelativePath,
  base: base as VersionId | null,
  entry,
});

/** A directory where `f` was `one`, then `two`. */
function edited(): MemoryDirectory {
  const directory = new MemoryDirectory();
  directory.commit([put(file('one'), null)]);
  directory.commit([put(file('two', 200n), '1.0')]);
  return directory;
}

const TABLE: [name: string, entry: Entry, base: string | null, joins: boolean, status: Outcome['status'], head: string][] = [
  ['an old copy with its old time', file('one'), null, true, 'merged', 'two'],
  ['an old copy with a new time, as a restored backup has it', file('one', 900n), null, true, 'merged', 'two'],
  ['a content that the path never had', file('three', 900n), null, true, 'committed', 'three'],
  ['an older content that the path never had', file('three', 1n), null, true, 'lost', 'two'],
  ['the head itself', file('two', 200n), null, true, 'current', 'two'],
  ['an old content that was made from the head: somebody brought it back', file('one', 900n), '2.0', true, 'committed', 'one'],
  ['an old copy of a client that does not join', file('one', 900n), null, false, 'committed', 'one'],
];

describe('a client that merges its folder proposes (R50)', () => {
  it.each(TABLE)('%s', (_name, entry, base, joins, status, head) => {
    const directory = edited();
    const [outcome] = directory.commit([put(entry, base)], { joins, now: 10n ** 18n });
    expect(outcome?.status).toBe(status);
    expect(directory.heads.get('f' as RelativePath)?.state).toMatchObject({ hash: hashOf(head) });
  });

  it('what only lost a conflict as if the path never had it', () => {
    const directory = edited();
    directory.commit([put(file('lost', 1n), null)], { now: 10n ** 18n });
    const [outcome] = directory.commit([put(file('lost', 900n), null)], { joins: true, now: 10n ** 18n });
    expect(outcome?.status).toBe('committed');
  });
});
