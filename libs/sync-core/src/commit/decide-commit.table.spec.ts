import type {
  Change,
  ContentHash,
  DeleteChange,
  Entry,
  Outcome,
  PutChange,
  RelativePath,
  VersionId,
  VersionState,
} from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { MemoryDirectory } from '../testing/memory-directory.ts';

const MS = 1_000_000n;
/** The server's clock, 2026. */
const NOW = 1_767_225_600_000n * MS;
const path = (text: string): RelativePath => text as RelativePath;
const hashOf = (content: string): ContentHash => Buffer.from(content).toString('hex').padEnd(64, '0') as ContentHash;
const file = (content: string, more: { mtime?: bigint; executable?: boolean } = {}): Entry => ({
  kind: 'file',
  hash: hashOf(content),
  size: 1,
  mtime: more.mtime ?? 100n * MS,
  executable: more.executable ?? false,
});
const dir: Entry = { kind: 'dir' };
const link = (target: string, mtime = 100n * MS): Entry => ({ kind: 'link', target, mtime });
let ids = 0;
const put = (at: string, entry: Entry, base: string | null): PutChange => ({
  op: 'put',
  id: `change-${(ids += 1)}`,
  path: path(at),
  base: base as VersionId | null,
  entry,
});
const remove = (at: string, base: string): DeleteChange => ({
  op: 'delete',
  id: `change-${(ids += 1)}`,
  path: path(at),
  base: base as VersionId,
});

type Edit = Exclude<Change, { op: 'move' }>;
const one = (directory: MemoryDirectory, change: Edit, options: Parameters<MemoryDirectory['commit']>[1] = {}): Outcome =>
  directory.commit([change], { now: NOW, ...options })[0] as Outcome;
const headOf = (directory: MemoryDirectory, at: string): VersionState | undefined => directory.heads.get(path(at))?.state;

/** A directory where `f` has had each of these states in turn, each made from the one before; their versions are 1.0, 2.0, … */
function withHistory(...states: (Entry | 'deleted')[]): MemoryDirectory {
  const directory = new MemoryDirectory();
  states.forEach((state, index) => {
    const base = index === 0 ? null : `${index}.0`;
    one(directory, state === 'deleted' ? remove('f', base as string) : put('f', state, base), { device: 'past' });
  });
  return directory;
}

type Row = [name: string, history: (Entry | 'deleted')[], change: Edit, status: Outcome['status'], head: Entry | null, conflict?: string];

const OLD = { mtime: -5_000n * MS };
const NEW = { mtime: 500n * MS };

const TABLE: Row[] = [
  ['a new file', [], put('f', file('a'), null), 'committed', file('a')],
  ['an edit of the head', [file('a')], put('f', file('b'), '1.0'), 'committed', file('b')],
  ['an edit of the head with an older mtime (R01)', [file('a')], put('f', file('b', OLD), '1.0'), 'committed', file('b', OLD)],
  ['an edit of a head from the far future (R01)', [file('a', { mtime: 2n ** 62n })], put('f', file('b'), '1.0'), 'committed', file('b')],
  ['back to an old content, made from the head', [file('a'), file('b')], put('f', file('a'), '2.0'), 'committed', file('a')],
  ['a concurrent edit, newer (R02)', [file('a'), file('b')], put('f', file('c', NEW), '1.0'), 'committed', file('c', NEW), 'content'],
  ['a concurrent edit, older (R02)', [file('a'), file('b', NEW)], put('f', file('c'), '1.0'), 'lost', file('b', NEW), 'content'],
  [
    'A, B, A is not the A it was (R07)',
    [file('a'), file('b'), file('a', NEW)],
    put('f', file('c'), '1.0'),
    'lost',
    file('a', NEW),
    'content',
  ],
  ['equal mtimes: the greater hash (R02)', [file('a'), file('b')], put('f', file('c'), '1.0'), 'committed', file('c'), 'content'],
  ['equal mtimes: the smaller hash (R02)', [file('a'), file('c')], put('f', file('b'), '1.0'), 'lost', file('c'), 'content'],
  ['both new, different', [file('a')], put('f', file('b', NEW), null), 'committed', file('b', NEW), 'content'],
  ['both new, the same (R04)', [file('a')], put('f', file('a', NEW), null), 'current', file('a')],
  ['the same edit twice (R04)', [file('a'), file('b')], put('f', file('b'), '1.0'), 'current', file('b')],
  ['the same edit, another mtime', [file('a'), file('b')], put('f', file('b', NEW), '1.0'), 'committed', file('b', NEW)],
  ['a base that nobody knows', [file('a')], put('f', file('b', NEW), '9.9'), 'committed', file('b', NEW), 'content'],
  [
    'a mtime far in the future counts as now among concurrent ones (R03)',
    [file('a'), file('b', { mtime: NOW + 3_600_000n * MS })],
    put('f', file('c', { mtime: 2n ** 62n }), '1.0'),
    'lost',
    file('b', { mtime: NOW + 3_600_000n * MS }),
    'content',
  ],

  ['a touch', [file('a')], put('f', file('a', NEW), '1.0'), 'committed', file('a', NEW)],
  ['a touch back in time', [file('a')], put('f', file('a', OLD), '1.0'), 'committed', file('a', OLD)],
  ['two touches: the later', [file('a'), file('a', NEW)], put('f', file('a', OLD), '1.0'), 'current', file('a', NEW)],
  [
    'a chmod beside a touch',
    [file('a'), file('a', NEW)],
    put('f', file('a', { executable: true }), '1.0'),
    'merged',
    file('a', { ...NEW, executable: true }),
  ],
  [
    'a chmod beside an edit (R06)',
    [file('a'), file('b')],
    put('f', file('a', { executable: true }), '1.0'),
    'merged',
    file('b', { executable: true }),
  ],
  [
    'an edit beside a chmod (R06)',
    [file('a'), file('a', { executable: true })],
    put('f', file('b'), '1.0'),
    'merged',
    file('b', { executable: true }),
  ],
  ['a touch beside an edit (R06)', [file('a'), file('b')], put('f', file('a', NEW), '1.0'), 'superseded', file('b')],
  ['an edit beside a touch (R06)', [file('a'), file('a', NEW)], put('f', file('b'), '1.0'), 'committed', file('b')],

  ['a deletion', [file('a')], remove('f', '1.0'), 'committed', null],
  ['a deletion beside an edit: the edit survives (R05)', [file('a'), file('b', OLD)], remove('f', '1.0'), 'superseded', file('b', OLD)],
  ['a deletion beside a touch: the deletion', [file('a'), file('a', NEW)], remove('f', '1.0'), 'committed', null],
  [
    'an edit beside a deletion: the edit survives (R05)',
    [file('a'), 'deleted'],
    put('f', file('b', OLD), '1.0'),
    'committed',
    file('b', OLD),
  ],
  ['a touch beside a deletion: the deletion (R05)', [file('a'), 'deleted'], put('f', file('a', NEW), '1.0'), 'superseded', null],
  ['both deleted', [file('a'), 'deleted'], remove('f', '1.0'), 'current', null],
  ['made again by who saw the deletion', [file('a'), 'deleted'], put('f', file('a'), '2.0'), 'committed', file('a')],
  ['made anew where something was deleted', [file('a'), 'deleted'], put('f', file('a'), null), 'committed', file('a')],
  ['a deletion of what never was', [], remove('f', '1.0'), 'current', null],

  ['both made the folder', [dir], put('f', dir, null), 'current', dir],
  ['a file made into a folder', [file('a')], put('f', dir, '1.0'), 'committed', dir],
  ['an empty folder made into a file', [dir], put('f', file('a'), '1.0'), 'committed', file('a')],
  ['a folder beside an edit: the folder (R08)', [file('a'), file('b', NEW)], put('f', dir, '1.0'), 'committed', dir, 'kind'],
  ['an edit beside a folder: the folder (R08)', [file('a'), dir], put('f', file('b', NEW), '1.0'), 'lost', dir, 'kind'],
  ['a link made into a file', [link('x')], put('f', file('a'), '1.0'), 'committed', file('a')],
  ['a link retargeted twice', [link('x'), link('y')], put('f', link('z'), '1.0'), 'committed', link('z'), 'content'],
  ['a link beside a file', [file('a'), file('b')], put('f', link('x', 500n * MS), '1.0'), 'committed', link('x', 500n * MS), 'content'],
];

describe('decideCommit', () => {
  it.each(TABLE)('%s', (_name, history, change, status, head, conflict) => {
    const directory = withHistory(...history);
    const before = directory.versions.length;
    expect(one(directory, change).status).toBe(status);
    expect(headOf(directory, 'f') ?? { kind: 'tombstone' }).toEqual(head ?? { kind: 'tombstone' });
    expect(directory.conflicts.map(({ kind }) => kind)).toEqual(conflict === undefined ? [] : [conflict]);
    for (const { winner, loser } of directory.conflicts) {
      expect(directory.heads.get(path('f'))?.version).toBe(winner);
      expect(directory.stored(path('f'), loser)).not.toBeNull();
    }
    expect(directory.versions.length - before).toBe(['current', 'superseded'].includes(status) ? 0 : 1);
  });

  it('a change sent again gets its first answer, and writes nothing (R11)', () => {
    for (const [, history, change] of TABLE) {
      const directory = withHistory(...history);
      const first = one(directory, change);
      const { versions, seq } = { versions: directory.versions.length, seq: directory.seq };
      const again = one(directory, change);
      if (['committed', 'merged', 'lost'].includes(first.status)) expect(again).toEqual(first);
      expect([directory.versions.length, directory.seq]).toEqual([versions, seq]);
    }
  });

  it('a change sent again after others have come still gets its first answer (R11)', () => {
    const directory = withHistory(file('a'));
    const change = put('f', file('b'), '1.0');
    const first = one(directory, change);
    one(directory, put('f', file('c'), '2.0'), { device: 'other' });
    expect(one(directory, change)).toEqual(first);
    expect(headOf(directory, 'f')).toEqual(file('c'));
  });

  it('the same change id of another device is another change (R11)', () => {
    const directory = withHistory(file('a'));
    const change = put('f', file('b'), '1.0');
    one(directory, change);
    expect(one(directory, { ...change, base: '2.0' as VersionId, entry: file('c') }, { device: 'other' })).toMatchObject({
      status: 'committed',
    });
    expect(headOf(directory, 'f')).toEqual(file('c'));
  });

  it('asks for a content that the server lacks, and keeps nothing until it has it (R33)', () => {
    const directory = withHistory(file('a'), file('b', NEW));
    const missing = new Set([hashOf('c')]);
    const loser = put('f', file('c'), '1.0');
    const edit = put('f', file('c'), '2.0');
    const fresh = put('g', file('c'), null);
    const statuses = [loser, edit, fresh].map((change) => one(directory, change, { missing }).status);
    expect(statuses).toEqual(['needs_content', 'needs_content', 'needs_content']);
    expect([directory.seq, directory.conflicts]).toEqual([2, []]);
    expect([loser, edit, fresh].map((change) => one(directory, change).status)).toEqual(['lost', 'committed', 'committed']);
  });

  it('a deletion, a touch and an equal content need no upload', () => {
    const missing = new Set([hashOf('a'), hashOf('b')]);
    expect(one(withHistory(file('a')), remove('f', '1.0'), { missing }).status).toBe('committed');
    expect(one(withHistory(file('a'), file('b')), put('f', file('a', NEW), '1.0'), { missing }).status).toBe('superseded');
    expect(one(withHistory(file('a'), file('b')), put('f', file('b'), '1.0'), { missing }).status).toBe('current');
  });

  it('refuses a size that the content does not have', () => {
    const directory = withHistory();
    expect(one(directory, put('f', { ...file('a'), size: 2 } as Entry, null))).toMatchObject({ status: 'rejected', code: 'hash_mismatch' });
    expect(directory.seq).toBe(0);
  });

  it('one change that loses fails none of the others (R12)', () => {
    const directory = withHistory(file('a'), file('b', NEW));
    const outcomes = directory.commit([put('g', file('g'), null), put('f', file('c'), '1.0'), put('h', file('h'), null)], { now: NOW });
    expect(outcomes.map(({ status }) => status)).toEqual(['committed', 'lost', 'committed']);
    expect(directory.live()).toEqual(['f', 'g', 'h']);
  });

  it('a change builds on what an earlier one of the same request made', () => {
    const directory = withHistory(file('a'));
    const outcomes = directory.commit([put('f', file('b'), '1.0'), put('f', file('c'), '2.0'), remove('f', '2.1')], { now: NOW });
    expect(outcomes).toMatchObject([{ version: '2.0' }, { version: '2.1' }, { version: '2.2' }]);
    expect(directory.live()).toEqual([]);
  });
});

describe('folders and what is in them', () => {
  const withFolder = (): MemoryDirectory => {
    const directory = new MemoryDirectory();
    directory.commit([put('d', dir, null), put('d/x', file('x'), null), put('d/sub/y', file('y'), null)], { now: NOW });
    return directory;
  };

  it('makes the folders above a file', () => {
    const directory = new MemoryDirectory();
    one(directory, put('a/b/c', file('x'), null));
    expect(directory.versions.map((write) => [write.path, write.changeId === null])).toEqual([
      ['a', true],
      ['a/b', true],
      ['a/b/c', false],
    ]);
  });

  it('makes a deleted folder again under an edit that outlives the deletion', () => {
    const directory = withFolder();
    const version = directory.heads.get(path('d/x'))?.version as string;
    const deletions = ['d/sub/y', 'd/sub', 'd/x', 'd'].map((at) => remove(at, directory.heads.get(path(at))?.version as string));
    expect(directory.commit(deletions, { now: NOW }).map(({ status }) => status)).toEqual(Array(4).fill('committed'));
    expect(directory.live()).toEqual([]);
    expect(one(directory, put('d/x', file('x2'), version), { device: 'other' }).status).toBe('committed');
    expect(directory.live()).toEqual(['d', 'd/x']);
  });

  it('a folder is not deleted while something lives in it (R08)', () => {
    const directory = withFolder();
    expect(one(directory, remove('d', '1.0'))).toMatchObject({ status: 'superseded', head: { path: 'd' } });
    expect(directory.live()).toEqual(['d', 'd/sub', 'd/sub/y', 'd/x']);
  });

  it('a folder with contents is not replaced by a file; the file is kept beside it, and no child gets a tombstone (R08)', () => {
    const directory = withFolder();
    expect(one(directory, put('d', file('f', NEW), '1.0'))).toMatchObject({ status: 'lost', conflict: 'c2.0', head: { state: dir } });
    expect(directory.conflicts).toMatchObject([{ path: 'd', kind: 'kind', winner: '1.0', loser: '2.0' }]);
    expect(directory.live()).toEqual(['d', 'd/sub', 'd/sub/y', 'd/x']);
  });

  it('a folder emptied in the same request is replaced by a file', () => {
    const directory = withFolder();
    const gone = ['d/sub/y', 'd/sub', 'd/x'].map((at) => remove(at, directory.heads.get(path(at))?.version as string));
    const outcomes = directory.commit([...gone, put('d', file('f'), '1.0')], { now: NOW });
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('committed'));
    expect(directory.live()).toEqual(['d']);
    expect(directory.conflicts).toEqual([]);
  });

  it('a file made below another file turns that into a folder, and keeps it as the loser (R08)', () => {
    const directory = withHistory(file('a'));
    expect(one(directory, put('f/x', file('x'), null)).status).toBe('committed');
    expect(directory.live()).toEqual(['f', 'f/x']);
    expect(directory.conflicts).toMatchObject([{ path: 'f', kind: 'kind', winner: '2.0', loser: '1.0' }]);
  });

  it('CON-17: a file became a folder, and an edit of the file arrives late', () => {
    const directory = withHistory(file('a'));
    directory.commit([put('f', dir, '1.0'), put('f/x', file('x'), null)], { now: NOW });
    expect(one(directory, put('f', file('edited', NEW), '1.0'), { device: 'late' })).toMatchObject({ status: 'lost', conflict: 'c3.0' });
    expect(directory.live()).toEqual(['f', 'f/x']);
    expect(directory.stored(path('f'), '3.0' as VersionId)?.state).toEqual(file('edited', NEW));
  });
});

describe('conflict copies', () => {
  it('leave the loser as a file of its own beside the winner, and breed no conflicts (R10)', () => {
    const directory = withHistory(file('a'), file('b', NEW));
    one(directory, put('f', file('c'), '1.0'), { conflictCopies: true, device: 'bob' });
    expect(directory.live()).toEqual(['f', 'f.conflict-bob-3.0']);
    expect(headOf(directory, 'f.conflict-bob-3.0')).toEqual(file('c'));
    expect(directory.conflicts).toHaveLength(1);
  });

  it('are made of the head that loses too', () => {
    const directory = withHistory(file('a'), file('b'));
    one(directory, put('f', file('c', NEW), '1.0'), { conflictCopies: true, device: 'bob' });
    expect(directory.live()).toEqual(['f', 'f.conflict-2.0']);
    expect(headOf(directory, 'f.conflict-2.0')).toEqual(file('b'));
  });
});
