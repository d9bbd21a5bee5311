import { type RelativePath, type VersionId, versionId } from '@syncpair/contracts';
import { compileIgnoreRules } from '@syncpair/sync-core';
import { describe, expect, it } from 'vitest';
import type { FileNode } from '../files/nodes.ts';
import { Tree } from '../files/tree.ts';
import type { KeptVersion } from '../server/simulated-directory.ts';
import { SimulatedServer } from '../server/simulated-server.ts';
import { contentHash } from '../world/content-hash.ts';
import { compareTrees } from './compare-trees.ts';
import { ignores } from './ignores.ts';
import { Ledger } from './ledger.ts';

const path = (text: string): RelativePath => text as RelativePath;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const where = { client: 1, directory: 'd', patterns: ['*.tmp', 'cache/**', 'k/'] };

function makeLedger() {
  const server: SimulatedServer = new SimulatedServer(() => 0, { proposed: () => undefined, committed: () => undefined });
  const ledger = new Ledger(
    () => server,
    () => 0,
  );
  const tree = new Tree(() => 0);
  const file = (text: string): FileNode => tree.newFile(bytes(text), null, false);
  let seq = 0;
  /** A version with this content, whose bytes the server has unless told otherwise. */
  const commit = (at: string, text: string, more: Partial<KeptVersion> & { stored?: boolean } = {}): void => {
    const { stored = true, ...rest } = more;
    const hash = contentHash(bytes(text));
    if (stored) server.contents.set(hash, bytes(text));
    const version = versionId(++seq, 0);
    const state = { kind: 'file', hash, size: text.length, mtime: 0n, executable: false } as const;
    const common = { order: 0n, contentSince: version, parent: null, lost: false, device: 'x', proposed: true, replaced: null };
    ledger.committed('d', [{ ...common, path: path(at), version, state, ...rest }]);
  };
  const rules = (): string[] => ledger.findings.map(({ rule }) => rule);
  return { ledger, file, commit, rules, disk: ledger.onDisk(where) };
}

describe('the ledger', () => {
  it('lets pass what somebody wrote, the server has and a disk gets', () => {
    const { ledger, file, commit, rules, disk } = makeLedger();
    ledger.placed('d', 'f', file('one'));
    commit('f', 'one');
    disk.creating('f', file('one'));
    disk.replacing('f', file('one'), null);
    expect(rules()).toEqual([]);
  });

  it('tells a content that is replaced and in no version (I7)', () => {
    const { ledger, file, rules, disk } = makeLedger();
    ledger.placed('d', 'f', file('mine'));
    disk.replacing('f', file('mine'), null);
    expect(rules()).toEqual(['I7']);
  });

  it('tells a content on a disk that no version has, and one of a version that nobody wrote (I6)', () => {
    const { file, commit, rules, disk } = makeLedger();
    disk.creating('f', file('half of it'));
    commit('f', 'mixed');
    expect(rules()).toEqual(['I6', 'I6', 'I3']);
  });

  it('tells a version whose content the server does not have (I12)', () => {
    const { ledger, file, commit, rules } = makeLedger();
    ledger.placed('d', 'f', file('one'));
    commit('f', 'one', { stored: false });
    expect(rules()).toEqual(['I12']);
  });

  it('tells what comes back although nobody put it there again, and not what somebody did (I3)', () => {
    const { ledger, file, commit, rules } = makeLedger();
    ledger.placed('d', 'f', file('one'));
    commit('f', 'one');
    commit('f', 'one');
    expect(rules()).toEqual(['I3']);
    ledger.placed('d', 'f', file('one'));
    ledger.placed('d', 'f', file('one'));
    commit('f', 'one');
    expect(rules()).toEqual(['I3']);
  });

  it('takes a touch of the same content for no return of it, and a loser for one (I22)', () => {
    const { ledger, file, commit, rules } = makeLedger();
    ledger.placed('d', 'f', file('one'));
    commit('f', 'one');
    const hash = contentHash(bytes('one'));
    const state = { kind: 'file', hash, size: 3, mtime: 0n, executable: false } as const;
    const replaced = { version: '1.0' as VersionId, state, order: 0n, contentSince: '1.0' as VersionId };
    commit('f', 'one', { replaced });
    expect(rules()).toEqual([]);
    commit('f', 'one', { replaced, lost: true });
    expect(rules()).toEqual(['I3']);
  });

  it('lets what nobody has sent yet be sent from where the engine moves it, once, and nothing that was (I3)', () => {
    const { ledger, file, commit, rules, disk } = makeLedger();
    ledger.placed('d', 'f', file('one'));
    disk.renaming('f', 'g', file('one'));
    commit('g', 'one');
    expect(rules()).toEqual([]);
    commit('g', 'one');
    expect(rules()).toEqual(['I3']);
    ledger.placed('d', 'h', file('two'));
    commit('h', 'two');
    disk.renaming('h', 'i', file('two'));
    commit('i', 'two');
    expect(rules()).toEqual(['I3', 'I3']);
  });

  it('tells what is ignored and created, replaced, moved or touched (I8)', () => {
    const { ledger, file, commit, rules, disk } = makeLedger();
    for (const at of ['n.tmp', 'cache/f']) ledger.placed('d', at, file('one'));
    commit('n.tmp', 'one');
    disk.creating('n.tmp', file('one'));
    disk.replacing('cache/f', file('one'), null);
    disk.renaming('a', 'a.tmp', file('one'));
    disk.dressing('n.tmp', file('one'));
    expect(rules()).toEqual(['I8', 'I8', 'I8', 'I8']);
  });

  it('tells what is ignored and sent (I8)', () => {
    const { ledger, rules } = makeLedger();
    const change = { op: 'put', id: '1', path: path('a/k'), base: null, entry: { kind: 'dir' } } as const;
    const request = { changes: [change] };
    ledger.proposed({ clientId: 'c1', client: 1, device: 'x', directory: 'd', patterns: where.patterns }, request);
    expect(rules()).toEqual(['I8']);
  });
});

describe('compareTrees', () => {
  const tree = new Tree(() => 0);
  const put = (at: string, node: Parameters<Tree['put']>[1]): void => tree.put(tree.place(at), node);
  put('a', tree.newFolder());
  put('a/f', tree.newFile(bytes('one'), null, true));
  put('l', tree.newLink('there', null));
  put('stays', tree.newFolder());
  put('stays/n.tmp', tree.newFile(bytes('ignored'), null, false));
  const head = (at: string, state: Parameters<typeof compareTrees>[1][number]['state']) => ({
    path: path(at),
    version: '1.0' as VersionId,
    state,
  });
  const f = { kind: 'file', hash: contentHash(bytes('one')), size: 3, mtime: 0n, executable: true } as const;
  const same = [head('a', { kind: 'dir' }), head('a/f', f), head('l', { kind: 'link', target: 'there', mtime: 0n })];

  it('finds nothing where all is the same, but for what is ignored and the folder that holds it', () => {
    expect(compareTrees(tree.root, [...same, head('x.tmp', f)], ['*.tmp'])).toEqual([]);
  });

  it.each([
    ['a missing file', [...same, head('g', f)], /^g: nothing here/],
    ['one too many', same.slice(0, 2), /^l: link to there here, nothing on the server/],
    ['another content', [...same.slice(0, 1), head('a/f', { ...f, hash: contentHash(bytes('two')) }), ...same.slice(2)], /^a\/f: file/],
    ['another time', [...same.slice(0, 1), head('a/f', { ...f, mtime: 5_000n }), ...same.slice(2)], /^a\/f: another time here/],
    ['another executable bit', [...same.slice(0, 1), head('a/f', { ...f, executable: false }), ...same.slice(2)], /executable here/],
    ['another kind', [...same.slice(0, 2), head('l', { kind: 'dir' })], /^l: link to there here, dir on the server/],
    ['another case', [head('A', { kind: 'dir' }), ...same.slice(1)], /^A: nothing here/],
  ])('tells %s', (_name, heads, line) => {
    expect(compareTrees(tree.root, heads, ['*.tmp'])).toEqual(expect.arrayContaining([expect.stringMatching(line)]));
  });
});

describe('the oracle’s reading of the patterns', () => {
  it('agrees with the rules that clients go by', () => {
    const patterns = ['*.tmp', 'cache/**', 'b/g', 'k/', 'o'];
    for (const pattern of patterns) {
      const rules = compileIgnoreRules({ patterns: [pattern], ignoreFile: null });
      for (const name of [
        'a',
        'n.tmp',
        'a/n.tmp',
        'cache',
        'cache/f',
        'cache/a/f',
        'a/cache',
        'a/cache/f',
        'k',
        'k/f',
        'a/k',
        'a/k/f',
        'o',
        'a/o',
        'o/f',
        'b/g',
        'a/b/g',
      ])
        for (const kind of ['file', 'dir', 'link'] as const)
          expect([pattern, name, kind, ignores([pattern], name, kind)]).toEqual([pattern, name, kind, rules.ignores(path(name), kind)]);
    }
  });
});
