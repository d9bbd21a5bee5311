import { expect, test } from 'vitest';
import { type ReplacedContents, decideCut } from './decide-cut.ts';

const of = (...rows: [replacedAt: number | null, bytes: number][]): ReplacedContents[] =>
  rows.map(([replacedAt, bytes]) => ({ replacedAt, bytes }));

test.each<
  [
    name: string,
    contents: ReplacedContents[],
    limits: [oldEnough: number, youngest: number, max: number | null],
    cut: [number, number, boolean],
  ]
>([
  ['nothing', of(), [0, 0, null], [0, 0, false]],
  ['what is old enough goes', of([1, 10], [5, 10], [9, 10]), [5, 8, null], [5, 10, false]],
  ['room is left: no more goes', of([6, 10], [7, 10]), [5, 8, 20], [5, 20, false]],
  ['the oldest go for room, in whatever order they are told', of([9, 10], [7, 10], [6, 10]), [5, 9, 20], [6, 20, false]],
  ['what one commit replaced goes together', of([6, 10], [6, 10], [7, 10]), [5, 9, 25], [6, 10, false]],
  ['the young stay, and history is full', of([6, 10], [9, 10]), [5, 8, 5], [6, 10, true]],
  ['conflicts stay, and history is full', of([null, 30], [6, 10]), [5, 8, 20], [6, 30, true]],
  ['no room at all', of([6, 10]), [5, 8, 0], [6, 0, false]],
  ['a time that is shorter than the youth counts all the same', of([6, 10], [9, 10]), [9, 8, 5], [9, 0, false]],
])('%s (R58) (R59)', (_name, contents, [oldEnough, youngest, maxBytes], [cut, bytes, full]) => {
  expect(decideCut(contents, { oldEnough, youngest, maxBytes })).toEqual({ cut, bytes, full });
});
