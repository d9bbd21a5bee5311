import type { RelativePath } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import type { Proposal } from './record-outcome.ts';
import { stillSo } from './still-so.ts';

const path = (text: string): RelativePath => text as RelativePath;
const paths = (...texts: string[]): Set<RelativePath> => new Set(texts.map(path));
const put = (text: string): Proposal =>
  ({ change: { op: 'put', id: text, path: path(text), base: null, entry: { kind: 'dir' } }, put: null }) as Proposal;
const gone = (text: string): Proposal => ({ change: { op: 'delete', id: text, path: path(text), base: '1.0' as never }, put: null });

const [first, folder] = [put('a'), put('f')];
const ALL = [first, folder, gone('f/x'), gone('p'), gone('q')];
const told = (proposals: readonly Proposal[]): string[] => proposals.map(({ change }) => change.id);

it.each<[string, Proposal[], Set<RelativePath>, string[]]>([
  ['all, where nothing has changed', [], paths('p', 'q'), ['a', 'f', 'f/x', 'p', 'q']],
  ['no deletion of what is there again', [], paths('q'), ['a', 'f', 'f/x', 'q']],
  ['no put whose file is another one by now', [first], paths('p', 'q'), ['f', 'f/x', 'p', 'q']],
  ['nothing that was to make room for it', [folder], paths('p', 'q'), ['a', 'p', 'q']],
  ['what is deleted by itself, beside a file that is not told', [folder], paths('p', 'q', 'f/x'), ['a', 'f/x', 'p', 'q']],
])('tells %s', (_, changed, deletedNow, expected) => {
  expect(told(stillSo(ALL, { changed, deletedThen: paths('p', 'q'), deletedNow }))).toEqual(expected);
});
