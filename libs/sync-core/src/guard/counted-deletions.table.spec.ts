import type { ContentHash, RelativePath, VersionState } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { countedDeletions } from './counted-deletions.ts';

const HASH = 'a'.repeat(64) as ContentHash;
const file = (hash = HASH, size = 1): VersionState => ({ kind: 'file', hash, size, mtime: 0n, executable: false });
const path = (text: string): RelativePath => text as RelativePath;

const TABLE: [name: string, was: VersionState, puts: [string, VersionState][], livesOn: boolean, counts: boolean][] = [
  ['a file that is gone', file(), [], false, true],
  ['a link that is gone', { kind: 'link', target: 'x', mtime: 0n }, [], false, true],
  ['a folder', { kind: 'dir' }, [], false, false],
  ['a file whose content lives on elsewhere', file(), [], true, false],
  ['an empty file, while others are empty too', file(HASH, 0), [], true, true],
  ['what lay in a folder that becomes a file', file(), [['docs', file()]], false, false],
  ['what lay in a folder that becomes a link', file(), [['docs', { kind: 'link', target: 'x', mtime: 0n }]], false, false],
  ['a file that becomes a folder', file(), [['docs/a', { kind: 'dir' }]], false, false],
  ['a file beside a change', file(), [['docs/b', file()]], false, true],
  ['a file in a folder that is told again', file(), [['docs', { kind: 'dir' }]], false, true],
];

describe('countedDeletions', () => {
  it.each(TABLE)('%s', (_name, was, puts, livesOn, counts) => {
    const context = { puts: new Map(puts.map(([at, state]) => [path(at), state])), livesOn: new Set(livesOn ? [HASH] : []) };
    expect(countedDeletions([{ path: path('docs/a'), was }], context)).toHaveLength(counts ? 1 : 0);
  });
});
