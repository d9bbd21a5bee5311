import { expect, test } from 'vitest';
import { callTree } from './call-tree.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';
import { hottest } from './hottest.ts';

const node = (id: number, functionName: string, children: readonly number[] = []): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url: '', lineNumber: 0, columnNumber: 0 },
  children,
});

/** main calls read and walk; walk calls itself, and read. */
const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 3]),
    node(2, '(idle)'),
    node(3, 'main', [4, 5]),
    node(4, 'read'),
    node(5, 'walk', [6]),
    node(6, 'walk', [7]),
    node(7, 'read'),
  ],
  samples: [3, 4, 2, 5, 6, 7],
  timeDeltas: [0, 100, 20, 5_000, 30, 40, 900],
};
const tree = callTree(PROFILE, () => 'a<b>.ts:1');

test('time is that until the next look, and idle time is none', () => {
  expect(tree.total).toBe(100 + 20 + 30 + 40 + 900);
  expect(tree.calls[0]?.calls.map(({ name, self, total }) => [name, self, total])).toEqual([
    ['walk', 30, 970],
    ['read', 20, 20],
  ]);
});

test('a function counts wherever it was called, and once where it calls itself', () => {
  expect(hottest(tree).map(({ name, self, total }) => [name, self, total])).toEqual([
    ['read', 920, 920],
    ['main', 100, 1_090],
    ['walk', 70, 970],
  ]);
});

test('the picture has each call that can be seen, with its place', () => {
  const svg = flameGraph(tree, 'a profile');
  expect(svg.match(/<rect /g)).toHaveLength(1 + 6);
  expect(svg).toContain('a&lt;b&gt;.ts:1');
  expect(
    flameGraph(
      callTree({ nodes: [], samples: [], timeDeltas: [] }, () => ''),
      'nothing',
    ),
  ).not.toContain('NaN');
});
