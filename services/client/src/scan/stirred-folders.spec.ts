import { DatabaseSync } from 'node:sqlite';
import type { RelativePath } from '@syncpair/contracts';
import type { PortabilityRule } from '@syncpair/sync-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problems } from '../daemon/problems.ts';
import { State } from '../state/state.ts';
import { LocalChanges } from './local-changes.ts';
import { stirredFolders } from './stirred-folders.ts';

const p = (path: string): RelativePath => path as RelativePath;
const seen = { entry: { kind: 'dir' }, stamp: 'd.1', inode: 1n } as const;

const makeEngine = () => ({
  changes: new LocalChanges(),
  pushing: new Set<RelativePath>(),
  applying: new Set<RelativePath>(),
  state: State.over(new DatabaseSync(':memory:')),
  problems: new Problems(
    () => 0,
    () => undefined,
  ),
  portability: 'off' as PortabilityRule,
});
type Engine = ReturnType<typeof makeEngine>;

let engine: Engine;
beforeEach(() => {
  engine = makeEngine();
});
afterEach(() => engine.state.close());

const sought = (...paths: string[]) => ({ size: paths.length, everyPath: () => paths.map(p) });
const hold = { id: 'h', reason: '', live: 1, since: '' };

describe('stirredFolders', () => {
  it('may be all while more paths are looked for than are looked through', () => {
    expect(stirredFolders(engine, { size: 1_001, everyPath: () => [] })).toBeNull();
  });

  it('are none where nothing waits', () => {
    expect(stirredFolders(engine, sought())).toEqual(new Set());
  });

  it.each<[string, (stir: Engine) => void]>([
    ['a change', ({ changes }) => changes.put(p('a/b/x'), seen)],
    ['a deletion', ({ changes }) => changes.remove(p('a/b/x'), 0)],
    ['a change on its way to the server', ({ pushing }) => pushing.add(p('a/b/x'))],
    ['a change that is being applied', ({ applying }) => applying.add(p('a/b/x'))],
    ['a problem of the scan', ({ problems }) => problems.report('scan', 'a/b/x', 'EACCES', '', 0)],
    ['a held deletion', ({ state }) => state.holds.add('h', [p('a/b/x')])],
    ['a held change', ({ state }) => state.holds.addPut('h', p('a/b/x'), 's')],
  ])('are those that hold the path of %s', (_what, stir) => {
    engine.state.holds.create(hold);
    stir(engine);
    expect(stirredFolders(engine, sought('x', 'c/y'))).toEqual(new Set(['a/b', null, 'c']));
  });

  it.each<[string, (stir: Engine) => void]>([
    ['while something is moved', ({ changes }) => changes.move({ ...seen, from: p('a'), to: p('b') })],
    ['under a rule for names', (stir) => (stir.portability = 'report')],
    ['of more paths than are looked through', ({ pushing }) => Array.from({ length: 1_001 }, (_, n) => pushing.add(p(`d/${n}`)))],
    [
      'while more problems are known than are looked through',
      ({ problems }) => Array.from({ length: 1_001 }, (_, n) => problems.report('push', `d/${n}`, 'x', '', 0)),
    ],
  ])('may be all %s', (_what, stir) => {
    stir(engine);
    expect(stirredFolders(engine, sought())).toBeNull();
  });
});
