import type { Measurements } from '../judge/measurements.ts';
import { drawComparison } from './draw-comparison.ts';
import { drawLatency } from './draw-latency.ts';
import { drawTrees } from './draw-trees.ts';

interface Plot {
  readonly title: string;
  /** Of the file, without `.svg`. */
  readonly name: string;
  /** Null when what it shows was not measured. */
  readonly draw: (measured: Measurements) => string | null;
}

/** Every plot of the results. */
export const PLOTS: readonly Plot[] = [
  { title: 'Every workload with every system: time and bytes', name: 'comparison', draw: ({ compare }) => drawComparison(compare) },
  {
    title: 'How long edits of 1 KB took, for each system',
    name: 'latency',
    draw: ({ compare }) => drawLatency(compare?.latencies ?? {}),
  },
  { title: 'What grows with the tree, and what does not', name: 'trees', draw: ({ trees }) => drawTrees(trees) },
];
