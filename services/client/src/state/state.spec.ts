import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CHUNKED_BYTES, type ContentHash, type RelativePath, type VersionId, type VersionState, encodeManifest } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BaseEntry } from './base-store.ts';
import { readOfflineStatus } from './offline-status.ts';
import { NewerStateError } from './schema.ts';
import { STATE_FILE, State } from './state.ts';

const p = (path: string): RelativePath => path as RelativePath;
const v = (version: string): VersionId => version as VersionId;
const file = (content: string): VersionState => ({
  kind: 'file',
  hash: content.padEnd(64, '0') as ContentHash,
  size: 5,
  mtime: -(2n ** 62n),
  executable: true,
});
const entry = (path: string, state: VersionState, version = '1.0', inode = 7n): BaseEntry => ({
  path: p(path),
  version: v(version),
  state,
  held: false,
  stamp: `s${path}`,
  inode,
});

let root: string;
let state: State;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-'));
  state = State.open(root).state;
});

afterEach(() => {
  state.close();
  rmSync(root, { recursive: true, force: true });
});

const paths = (entries: Iterable<{ path: string }>): string[] => [...entries].map(({ path }) => path).sort();

describe('State', () => {
  it('gives back what was put, after it was closed too', () => {
    const link: VersionState = { kind: 'link', target: 'a\nb', mtime: 9_007_199_254_740_993n };
    state.base.put(entry('d/ü\n', file('ab'), '12.3', 2n ** 64n - 1n));
    state.base.put(entry('l', link));
    const device = state.fact('device');
    state.close();
    state = State.open(root).state;
    expect(state.base.get(p('d/ü\n'))).toEqual(entry('d/ü\n', file('ab'), '12.3', 2n ** 64n - 1n));
    expect(state.base.get(p('l'))?.state).toEqual(link);
    expect(state.fact('device')).toBe(device);
    expect(state.base.findByInode(2n ** 64n - 1n).map(({ path }) => path)).toEqual(['d/ü\n']);
  });

  it('tells every folder, those too that hold nothing', () => {
    state.base.put(entry('a', { kind: 'dir' }));
    state.base.put(entry('a/empty', { kind: 'dir' }));
    state.base.put(entry('plain/f', file('x')));
    expect(state.base.folders().sort()).toEqual(['a', 'a/empty', null, 'plain'].sort());
  });

  it('tells the path of everything that is not deleted', () => {
    state.base.put(entry('a', { kind: 'dir' }));
    state.base.put(entry('a/x', file('x')));
    state.base.put(entry('a/gone', { kind: 'tombstone' }));
    state.base.put(entry('l', { kind: 'link', target: 'a', mtime: 1n }));
    expect([...state.base.paths()].map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual(['dir a', 'file a/x', 'link l']);
  });

  it('renames a folder with all below it, and nothing beside it', () => {
    for (const path of ['a', 'a/x', 'a/b', 'a/b/y', 'a-b', 'a0', 'ab/z'])
      state.base.put(entry(path, /[xyz0]$/.test(path) ? file('c') : { kind: 'dir' }));
    state.base.rename(p('a'), p('q/a'), v('9.0'));
    expect(paths(state.base.all())).toEqual(['a-b', 'a0', 'ab/z', 'q/a', 'q/a/b', 'q/a/b/y', 'q/a/x']);
    expect(state.base.get(p('q/a/b/y'))?.version).toBe('9.0');
    expect(state.base.get(p('a-b'))?.version).toBe('1.0');
    expect(paths(state.base.children(p('q/a')))).toEqual(['q/a/b', 'q/a/x']);
    expect(paths(state.base.under(p('q')))).toEqual(['q/a', 'q/a/b', 'q/a/b/y', 'q/a/x']);
    state.base.put(entry('a/new', file('n')));
    expect(paths(state.base.under(p('a')))).toEqual(['a/new']);
  });

  it('renames over what the base still had at the new path', () => {
    state.base.put(entry('old/x', file('x')));
    state.base.put(entry('old', { kind: 'dir' }));
    state.base.put(entry('new/stale', file('s')));
    state.base.rename(p('old'), p('new'), v('5.0'));
    expect(paths(state.base.all())).toEqual(['new', 'new/x']);
  });

  it('keeps the manifests of contents that the base names, and of those that are on their way', () => {
    const large = (content: string): VersionState & { kind: 'file' } => ({
      ...(file(content) as VersionState & { kind: 'file' }),
      size: CHUNKED_BYTES,
    });
    const [named, sent, gone, small] = [large('a1'), large('b2'), large('c3'), file('d4') as VersionState & { kind: 'file' }];
    for (const path of ['one', 'd/two']) state.base.put(entry(path, named));
    state.base.put(entry('small', small));
    const all = [named, sent, gone, small].map(({ hash }) => hash);
    const common = { hash: 'e'.repeat(64) as ContentHash, size: 70_000 };
    for (const hash of all) state.manifests.put({ hash, manifest: encodeManifest([common, { hash, size: 9 }]) });
    const known = (): ContentHash[] => all.filter((hash) => state.manifests.chunks(hash) !== null);
    expect(known()).toEqual(all);
    expect(state.manifests.holders(common)).toEqual(all.toReversed());
    expect(state.manifests.holders(named)).toEqual([named.hash]);
    expect(paths(state.base.findLarge(named.hash))).toEqual(['d/two', 'one']);
    expect([...state.base.findLarge(small.hash), ...state.base.findLarge(gone.hash)]).toEqual([]);
    state.manifests.prune(new Set([sent.hash]));
    expect(known()).toEqual([named.hash, sent.hash]);
    expect(state.manifests.holders(common)).toEqual([sent.hash, named.hash]);
    expect(state.manifests.holders(gone)).toEqual([]);
    expect(state.manifests.chunks(named.hash)).toEqual([common, { hash: named.hash, size: 9 }]);
    state.close();
    state = State.open(root).state;
    expect(known()).toEqual([named.hash]);
    expect(state.manifests.holders(common)).toEqual([named.hash]);
    state.manifests.put({ hash: named.hash, manifest: encodeManifest([{ hash: named.hash, size: 9 }]) });
    expect(state.manifests.holders(common)).toEqual([]);
    state.manifests.put({ hash: gone.hash, manifest: Buffer.from('damaged') });
    expect(state.manifests.chunks(gone.hash)).toBeNull();
  });

  it('looks through all manifests only once a good part of them is new', () => {
    const put = (from: number, to: number): void => {
      for (let n = from; n < to; n++) {
        const hash = n.toString(16).padStart(64, '0') as ContentHash;
        if (n < 100) state.base.put(entry(`f${n}`, { ...(file('a1') as VersionState & { kind: 'file' }), hash, size: CHUNKED_BYTES }));
        state.manifests.put({ hash, manifest: encodeManifest([{ hash, size: 9 }]) });
      }
      state.manifests.prune(new Set());
    };
    const knows = (n: number): boolean => state.manifests.chunks(n.toString(16).padStart(64, '0') as ContentHash) !== null;
    put(0, 101);
    expect([knows(99), knows(100)]).toEqual([true, false]);
    put(101, 125);
    expect([knows(99), knows(101), knows(124)]).toEqual([true, true, true]);
    put(125, 126);
    expect([knows(99), knows(101), knows(125)]).toEqual([true, false, false]);
  });

  it('takes a state of a version that knew no manifests', () => {
    state.base.put(entry('one', { ...(file('a1') as VersionState & { kind: 'file' }), size: CHUNKED_BYTES }));
    state.close();
    const database = new DatabaseSync(join(root, STATE_FILE));
    database.exec('DROP TABLE manifest; DROP TABLE chunk; DROP INDEX base_large');
    database.close();
    state = State.open(root).state;
    expect(paths(state.base.all())).toEqual(['one']);
    state.manifests.put({
      hash: 'a1'.repeat(32) as ContentHash,
      manifest: encodeManifest([{ hash: 'b2'.repeat(32) as ContentHash, size: 9 }]),
    });
    expect(state.manifests.holders({ hash: 'b2'.repeat(32) as ContentHash })).toEqual(['a1'.repeat(32)]);
  });

  it('undoes a transaction that fails', () => {
    expect(() =>
      state.transaction(() => {
        state.base.put(entry('a', file('a')));
        throw new Error('in the middle');
      }),
    ).toThrow('in the middle');
    expect([...state.base.all()]).toEqual([]);
  });

  it('keeps the newer of two heads, and drops it only for the same or a newer version (R18)', () => {
    state.remote.learn({ path: p('a'), version: v('5.0'), state: file('five') });
    state.remote.learn({ path: p('a'), version: v('4.0'), state: file('four') });
    expect(state.remote.get(p('a'))?.version).toBe('5.0');
    state.remote.remove(p('a'), v('4.9'));
    expect(state.remote.oldestSeq()).toBe(5);
    state.remote.remove(p('a'), v('5.0'));
    expect(state.remote.oldestSeq()).toBeNull();
  });

  it('finds the waiting moves of which an end is a path, above it or below it, in the order in which they were made', () => {
    const moves = [
      ['a/b', 'x/y'],
      ['ab', 'xy'],
      ['a', 'n'],
      ['m', 'a/b/c'],
      ['a/b', 'n/b'],
    ].map(([from, to], index) => ({ from: p(from as string), to: p(to as string), version: v(`${index + 1}.0`) }));
    for (const move of moves) state.remote.addMove(move);
    const at = (path: string, ends?: 'from' | 'both'): number[] =>
      state.remote.movesAt(p(path), ends).map((move) => moves.findIndex(({ version }) => version === move.version));
    expect(at('a/b')).toEqual([0, 2, 3, 4]);
    expect(at('a/b', 'from')).toEqual([0, 2, 4]);
    expect(at('a/b/c/d')).toEqual([0, 2, 3, 4]);
    expect(at('a')).toEqual([0, 2, 3, 4]);
    expect(at('x')).toEqual([0]);
    expect(at('b')).toEqual([]);
    for (const move of moves) state.remote.removeMove(move);
    expect(at('a/b')).toEqual([]);
    expect(state.remote.moves()).toEqual([]);
  });

  it('sets a damaged file aside and starts without one (R19)', () => {
    state.close();
    writeFileSync(join(root, STATE_FILE), 'this is no database, '.repeat(400));
    const opened = State.open(root);
    state = opened.state;
    expect(opened.setAside).toMatch(/renamed to/);
    expect([...state.base.all()]).toEqual([]);
    expect(readdirSync(root).some((name) => name.startsWith(`${STATE_FILE}.unusable-`))).toBe(true);
  });

  it('refuses a file of a newer version instead of setting it aside (R19)', () => {
    state.close();
    const database = new DatabaseSync(join(root, STATE_FILE));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => State.open(root)).toThrow(NewerStateError);
    rmSync(join(root, STATE_FILE));
    state = State.open(root).state;
  });

  it('tells its status while nobody has it open, and from a copy without changing it', () => {
    state.setFact('cursor', '42');
    state.remote.learn({ path: p('a'), version: v('5.0'), state: file('five') });
    state.saveProblems([{ path: 'x', code: 'EACCES', message: 'no' }]);
    expect(readOfflineStatus(root)).toMatchObject({
      cursor: '42',
      pending: { files: 1, bytes: 5, deletions: 0 },
      problems: [{ path: 'x' }],
    });
    const copy = State.openCopy(root).state;
    copy.remote.clear();
    expect(copy.cursor).toBe(42);
    copy.close();
    expect(state.remote.oldestSeq()).toBe(5);
    expect(readOfflineStatus(join(root, 'nowhere'))).toBeNull();
  });
});
