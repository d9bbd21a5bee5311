import type { ContentHash, Entry, Outcome, PutChange, RelativePath, VersionId } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';

const F = 'f' as RelativePath;
const hashOf = (content: string): ContentHash => Buffer.from(content).toString('hex').padEnd(64, '0') as ContentHash;
const file = (content: string, mtime: bigint, executable = false): Entry => ({
  kind: 'file',
  hash: hashOf(content),
  size: 1,
  mtime: mtime * 1_000_000n,
  executable,
});
let ids = 0;
const put = (entry: Entry, base: string | null): PutChange => ({
  op: 'put',
  id: `change-${(ids += 1)}`,
  path: F,
  base: base as VersionId | null,
  entry,
});
const remove = (base: string) => ({ op: 'delete', id: `change-${(ids += 1)}`, path: F, base: base as VersionId }) as const;

/** `f` was `one`, `two`, and is `three`. */
function edited(): MemoryDirectory {
  const directory = new MemoryDirectory();
  directory.commit([put(file('one', 100n), null)]);
  directory.commit([put(file('two', 200n), '1.0')]);
  directory.commit([put(file('three', 300n), '2.0')]);
  return directory;
}

const TABLE: [name: string, entry: Entry, base: string | null, status: Outcome['status'], head: string][] = [
  ['a version that came between its base and the head is that version', file('two', 200n), '1.0', 'merged', 'three'],
  ['where the client knew nothing of the path, too', file('two', 200n), null, 'merged', 'three'],
  ['the same content with another time is somebody’s edit', file('two', 900n), '1.0', 'committed', 'two'],
  ['an older one, too, which loses and is kept', file('two', 1n), '1.0', 'lost', 'three'],
  ['with another mode it is an edit', file('two', 200n, true), '1.0', 'lost', 'three'],
  ['another content is an edit', file('four', 900n), '1.0', 'committed', 'four'],
  ['what its base already was is a touch at most', file('two', 200n), '2.0', 'superseded', 'three'],
  ['an older version than its base was brought back by somebody', file('one', 100n), '2.0', 'lost', 'three'],
];

describe('what a client put in place and was killed before it could note (R64)', () => {
  it.each(TABLE)('%s', (_name, entry, base, status, head) => {
    const directory = edited();
    const [outcome] = directory.commit([put(entry, base)], { now: 10n ** 18n });
    expect(outcome?.status).toBe(status);
    expect(directory.heads.get(F)?.state).toMatchObject({ hash: hashOf(head) });
    expect(directory.conflicts).toHaveLength(status === 'merged' || status === 'superseded' ? 0 : 1);
  });

  it('is told with the version that it is, so that what is made of it contests the head', () => {
    const directory = edited();
    const [outcome] = directory.commit([put(file('two', 200n), '1.0')]);
    expect(outcome).toMatchObject({ status: 'merged', older: '2.0', head: { version: '3.0' } });
    const [edit] = directory.commit([put(file('four', 900n), '2.0')]);
    expect(edit).toMatchObject({ status: 'committed', conflict: expect.any(String) as unknown });
  });

  it('does not come back where the path was deleted meanwhile, and the client knew an earlier version', () => {
    const directory = edited();
    directory.commit([remove('3.0')]);
    const [outcome] = directory.commit([put(file('two', 200n), '1.0')], { now: 10n ** 18n });
    expect(outcome).toMatchObject({ status: 'superseded', head: { version: '4.0', state: { kind: 'tombstone' } } });
    const [edit] = directory.commit([put(file('two', 201n), '1.0')], { now: 10n ** 18n });
    expect(edit).toMatchObject({ status: 'committed' });
  });

  it('may have been brought back where the path was deleted meanwhile', () => {
    const directory = edited();
    directory.commit([remove('3.0')]);
    directory.commit([put(file('four', 400n), null)]);
    const [outcome] = directory.commit([put(file('two', 200n), null)], { now: 10n ** 18n });
    expect(outcome).toMatchObject({ status: 'lost', head: { version: '5.0' } });
  });
});
