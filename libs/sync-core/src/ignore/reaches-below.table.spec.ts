import { describe, expect, it } from 'vitest';
import { reachesBelow } from './reaches-below.ts';

describe('globs that match below a folder because of where it lies', () => {
  it.each([
    ['docs/*.log', 'docs', true],
    ['docs/*.log', 'papers', false],
    ['docs/*.log', 'docs/old', false],
    ['docs', 'docs', false],
    ['a/*/c', 'a', true],
    ['a/*/c', 'a/x', true],
    ['*/c', 'anything', true],
    ['a/**/c', 'a/x/y', true],
    ['a/**/c', 'b', false],
    ['**/.git', 'a/b', false],
    ['**/logs/*.log', 'a/logs', true],
    ['**/logs/*.log', 'a/b', false],
    ['**/node_modules/**', 'a/b', false],
  ])('%s and %s: %s', (glob, folder, expected) => {
    expect(reachesBelow(glob, folder)).toBe(expected);
  });
});
