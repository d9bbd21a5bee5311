import type { ContentHash, VersionState } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { type AfterCut, type FoundAfterCut, judgeAfterCut } from './judge-after-cut.ts';
import { pageSources } from './page-sources.ts';

const file = (content: string, size: number): VersionState => ({
  kind: 'file',
  hash: content.padEnd(64, '0') as ContentHash,
  size,
  mtime: 1n,
  executable: false,
});
const link = (target: string): VersionState => ({ kind: 'link', target, mtime: 1n });
const nothing: VersionState = { kind: 'tombstone' };
const dir: VersionState = { kind: 'dir' };
const agreed = file('a', 100);
const old = file('0', 80);

const TABLE: [name: string, found: VersionState, pages: FoundAfterCut['pages'], agreed: VersionState, earlier: VersionState[], AfterCut][] =
  [
    ['all of it is there', file('a', 100), 'unread', agreed, [old], 'kept'],
    ['a folder is there', dir, 'unread', dir, [nothing], 'kept'],
    ['what was deleted is gone', nothing, 'unread', nothing, [old], 'kept'],
    ['its name is not there', nothing, 'unread', agreed, [nothing], 'fetch_again'],
    ['its name is not there, and was before', nothing, 'unread', agreed, [old], 'fetch_again'],
    ['a new folder is not there', nothing, 'unread', dir, [nothing], 'fetch_again'],
    ['a new link is not there', nothing, 'unread', link('x'), [nothing], 'fetch_again'],
    ['it is empty', file('e', 0), 'unread', agreed, [], 'fetch_again'],
    ['it is shorter, and nobody knows what is in it', file('b', 60), 'unread', agreed, [], 'compare'],
    ['it is as long, and nobody knows what is in it', file('b', 100), 'unread', agreed, [], 'compare'],
    ['it is a beginning', file('b', 60), 'known', agreed, [], 'fetch_again'],
    ['pages of it are zeros', file('b', 100), 'known', agreed, [], 'fetch_again'],
    ['it is shorter, with other bytes', file('b', 60), 'foreign', agreed, [], 'edit'],
    ['it is as long, with other bytes', file('b', 100), 'foreign', agreed, [], 'edit'],
    ['it is longer: somebody went on writing', file('b', 101), 'unread', agreed, [], 'edit'],
    ['the version before it is back', file('0', 80), 'unread', agreed, [old], 'fetch_again'],
    ['one of several versions before it is back', file('00', 90), 'unread', agreed, [old, file('00', 90)], 'fetch_again'],
    ['what was deleted is back', old, 'unread', nothing, [old], 'fetch_again'],
    ['something new lies where something was deleted', file('n', 81), 'unread', nothing, [old], 'edit'],
    ['something shorter lies where something was deleted', file('n', 5), 'unread', nothing, [old], 'compare'],
    ['something shorter with other bytes', file('n', 5), 'foreign', nothing, [old], 'edit'],
    ['the beginning of what was deleted', file('n', 5), 'known', nothing, [old], 'fetch_again'],
    ['something empty lies where something was deleted', file('e', 0), 'unread', nothing, [old], 'edit'],
    ['the link before it is back', link('x'), 'unread', link('y'), [link('x')], 'fetch_again'],
    ['a link to somewhere else', link('z'), 'unread', link('y'), [link('x')], 'edit'],
    ['a folder took its place', dir, 'unread', agreed, [nothing], 'edit'],
    ['a file took the place of a folder', file('b', 3), 'unread', dir, [nothing], 'edit'],
    ['nothing was agreed to be empty, and it is', file('e', 0), 'unread', file('e', 0), [], 'kept'],
  ];

test.each(TABLE)('%s', (_, state, pages, about, earlier, expected) => {
  expect(judgeAfterCut({ state, pages }, { agreed: about, applied: about, earlier })).toBe(expected);
});

const made = file('m', 50);
const head = file('c', 90);

/** The state went back to a moment before the last lines of the log: what they replaced may lie on the disk. */
const BEHIND: [name: string, found: VersionState, pages: FoundAfterCut['pages'], agreed: VersionState, applied: VersionState, AfterCut][] =
  [
    ['what was made and removed meanwhile is there', made, 'unread', nothing, nothing, 'fetch_again'],
    ['the beginning of what was made and removed meanwhile is there', file('b', 20), 'unread', nothing, nothing, 'compare'],
    ['its pages are the ones that were removed', file('b', 20), 'known', nothing, nothing, 'fetch_again'],
    ['its pages are others', file('b', 20), 'foreign', nothing, nothing, 'edit'],
    ['something larger lies where it was removed', file('b', 51), 'unread', nothing, nothing, 'edit'],
    ['something empty lies where it was removed', file('e', 0), 'unread', nothing, nothing, 'edit'],
    ['what was changed and removed meanwhile is there', made, 'unread', nothing, old, 'fetch_again'],
    ['what was changed twice meanwhile is there as it was in between', made, 'unread', head, old, 'fetch_again'],
    ['a part of what was in between', file('b', 30), 'known', head, old, 'fetch_again'],
    ['it is as the state knows it, and the server has it anew', old, 'unread', head, old, 'kept'],
    ['it is as the state knows it, and others removed it', old, 'unread', nothing, old, 'kept'],
    ['it is empty, and others removed it', file('e', 0), 'unread', nothing, old, 'fetch_again'],
    ['what others made was not applied yet', nothing, 'unread', head, nothing, 'kept'],
    ['what the state knows is not there', nothing, 'unread', head, old, 'fetch_again'],
    ['it has come to the latest', head, 'unread', head, old, 'kept'],
    ['a link that was made and removed meanwhile is there', link('m'), 'unread', nothing, nothing, 'edit'],
  ];

test.each(BEHIND)('where the state is behind: %s (R46)', (_, state, pages, about, applied, expected) => {
  expect(judgeAfterCut({ state, pages }, { agreed: about, applied, earlier: [made] })).toBe(expected);
});

test('a file is compared with every content that it may be a part of, the latest first', () => {
  const known = { agreed, applied: nothing, earlier: [old, link('x'), made] };
  expect(pageSources(file('b', 60), known)).toEqual([agreed, old]);
  expect(pageSources(link('b'), known)).toEqual([]);
});
