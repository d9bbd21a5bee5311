import type { ContentHash, Entry, VersionId, VersionState } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { type Base, type Local, type PathStep, type Remote, planPath } from './plan-path.ts';

const file = (content: string, more: Partial<{ mtime: bigint; executable: boolean }> = {}): Entry => ({
  kind: 'file',
  hash: content.padEnd(64, '0') as ContentHash,
  size: content.length,
  mtime: more.mtime ?? 1n,
  executable: more.executable ?? false,
});
const tombstone: VersionState = { kind: 'tombstone' };
const base = (state: VersionState, version = '1.0', held = false): Base => ({ version: version as VersionId, state, held });
const remote = (state: VersionState, version = '2.0'): Remote => ({ version: version as VersionId, state });
const unchanged: Local = { kind: 'unchanged' };
const changed = (entry: Entry): Local => ({ kind: 'changed', entry });
const deleted: Local = { kind: 'deleted' };

const put = (entry: Entry, from: string | null): PathStep => ({ step: 'propose_put', entry, base: from as VersionId | null });

const TABLE: [name: string, base: Base | null, local: Local, remote: Remote | null, step: PathStep][] = [
  ['nothing anywhere', null, unchanged, null, { step: 'nothing' }],
  ['nothing new', base(file('a')), unchanged, null, { step: 'nothing' }],
  ['the base again', base(file('a')), unchanged, remote(file('a'), '1.0'), { step: 'adopt' }],
  ['the base’s version with another mtime', base(file('a')), unchanged, remote(file('a', { mtime: 2n }), '1.0'), { step: 'apply' }],
  ['A, B, A on the server is a new version (R07)', base(file('a')), unchanged, remote(file('a'), '3.0'), { step: 'apply' }],
  ['new there', null, unchanged, remote(file('a')), { step: 'apply' }],
  ['edited there', base(file('a')), unchanged, remote(file('b')), { step: 'apply' }],
  ['deleted there', base(file('a')), unchanged, remote(tombstone), { step: 'apply' }],
  ['made and deleted there before it was seen', null, unchanged, remote(tombstone), { step: 'forget' }],
  ['new here', null, changed(file('a')), null, put(file('a'), null)],
  ['edited here', base(file('a')), changed(file('b')), null, put(file('b'), '1.0')],
  ['edited on both sides (R09)', base(file('a')), changed(file('b')), remote(file('c')), put(file('b'), '1.0')],
  ['edited here, deleted there', base(file('a')), changed(file('b')), remote(tombstone), put(file('b'), '1.0')],
  ['the same edit on both sides (R04)', base(file('a')), changed(file('b')), remote(file('b')), { step: 'adopt' }],
  ['the same content on both sides, other mtimes', null, changed(file('b')), remote(file('b', { mtime: 9n })), { step: 'adopt' }],
  [
    'a chmod here beside a touch there (R06)',
    base(file('a')),
    changed(file('a', { executable: true })),
    remote(file('a', { mtime: 9_000n })),
    put(file('a', { executable: true }), '1.0'),
  ],
  [
    'a touch here beside a chmod there (R06)',
    base(file('a')),
    changed(file('a', { mtime: 9_000n })),
    remote(file('a', { executable: true })),
    put(file('a', { mtime: 9_000n }), '1.0'),
  ],
  [
    'an older touch here beside a newer one there (R06)',
    base(file('a')),
    changed(file('a', { mtime: 5_000n })),
    remote(file('a', { mtime: 9_000n })),
    { step: 'adopt' },
  ],
  [
    'the touch of there, applied and forgotten in a crash, as a disk tells it',
    base(file('a')),
    changed(file('a', { mtime: 9_128n })),
    remote(file('a', { mtime: 9_000n })),
    { step: 'adopt' },
  ],
  [
    'the same chmod on both sides',
    base(file('a')),
    changed(file('a', { executable: true })),
    remote(file('a', { executable: true })),
    { step: 'adopt' },
  ],
  ['the same folder on both sides', null, changed({ kind: 'dir' }), remote({ kind: 'dir' }), { step: 'adopt' }],
  ['deleted here', base(file('a')), deleted, null, { step: 'propose_delete', base: '1.0' as VersionId }],
  [
    'deleted here, edited there: the server lets the edit live',
    base(file('a')),
    deleted,
    remote(file('b')),
    { step: 'propose_delete', base: '1.0' as VersionId },
  ],
  ['deleted on both sides', base(file('a')), deleted, remote(tombstone), { step: 'forget' }],
  ['gone, but never agreed on (R20)', null, deleted, null, { step: 'forget' }],
  ['gone, but never agreed on, and new there (R20)', null, deleted, remote(file('a')), { step: 'apply' }],
  ['a name this platform cannot hold is not deleted by its absence (R21)', base(file('a'), '1.0', true), deleted, null, { step: 'forget' }],
  ['a folder kept for ignored files is gone (R22)', base(tombstone), deleted, null, { step: 'forget' }],
];

describe('planPath', () => {
  it.each(TABLE)('%s', (_name, known, local, head, step) => {
    expect(planPath(known, local, head)).toEqual(step);
  });
});
