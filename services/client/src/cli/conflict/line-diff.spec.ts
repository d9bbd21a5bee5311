import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

test('tells which line stands where', () => {
  expect(diffLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e']).map(({ side, text }) => `${side} ${text}`)).toEqual([
    'both a',
    'first b',
    'second x',
    'both c',
    'both d',
    'second e',
  ]);
});

test('either side can be read off again', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (first, second) => {
      const diff = diffLines(first, second);
      expect(diff.filter(({ side }) => side !== 'second').map(({ text }) => text)).toEqual(first);
      expect(diff.filter(({ side }) => side !== 'first').map(({ text }) => text)).toEqual(second);
    }),
  );
});
