import { COMPARISON_TARGETS } from './comparison-targets.ts';
import { LARGE_TARGETS } from './large-targets.ts';
import { LOAD_TARGETS } from './load-targets.ts';
import type { Measurements } from './measurements.ts';
import { TREE_TARGETS } from './tree-targets.ts';

/** A target with what was found. */
export interface Verdict {
  readonly work: string;
  readonly aim: string;
  readonly verdict: 'held' | 'missed' | 'not measured';
  /** Null when it was not measured. */
  readonly figure: string | null;
  /** The size that was measured, where it is not that of the target: then the verdict says little. */
  readonly size: string | null;
}

/** Judges every target by what was measured. */
export function judgeTargets(measured: Measurements): Verdict[] {
  return [...COMPARISON_TARGETS, ...LARGE_TARGETS, ...TREE_TARGETS, ...LOAD_TARGETS].map(({ work, aim, find }) => {
    const finding = find(measured);
    if (finding === null) return { work, aim, verdict: 'not measured', figure: null, size: null };
    return { work, aim, verdict: finding.isHeld ? 'held' : 'missed', figure: finding.text, size: finding.size ?? null };
  });
}
