import type { CpuProfile } from './cpu-profile.ts';

/** A function where it was called, with what it called. Times are microseconds. */
export interface Call {
  readonly name: string;
  /** File and line; empty for what belongs to Node.js itself. */
  readonly place: string;
  readonly self: number;
  /** With everything that it called. */
  readonly total: number;
  /** Those that took longest first. */
  readonly calls: readonly Call[];
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** What nobody worked in. */
const IDLE = '(idle)';

/** Puts a profile together as a tree of calls, without the time in which there was nothing to do. `placeOf` tells file and line. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile, placeOf: (frame: Frame) => string): Call {
  const selves = new Map<number, number>();
  // What is seen at a look has been at work until the next one.
  samples.forEach((id, index) => selves.set(id, (selves.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callOf = (id: number): Call[] => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === IDLE) return [];
    const calls = (node.children ?? []).flatMap(callOf).toSorted((a, b) => b.total - a.total);
    const self = selves.get(id) ?? 0;
    const total = calls.reduce((sum, call) => sum + call.total, self);
    return [{ name: node.callFrame.functionName || '(anonymous)', place: placeOf(node.callFrame), self, total, calls }];
  };
  const root = nodes[0] === undefined ? undefined : callOf(nodes[0].id)[0];
  return root ?? { name: '(root)', place: '', self: 0, total: 0, calls: [] };
}
