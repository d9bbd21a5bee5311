import type { Comparison } from '../compare/comparison.ts';
import type { CutFigures } from '../cuts/cut-figures.ts';
import type { LargeFigures } from '../large/large-figures.ts';
import type { LoadFigures } from '../load/load-figures.ts';
import type { TreeFigures } from '../trees/tree-figures.ts';

/** Everything that was measured; null or empty: that part was not. */
export interface Measurements {
  readonly compare: Comparison | null;
  readonly trees: readonly TreeFigures[];
  readonly large: LargeFigures | null;
  readonly cuts: readonly CutFigures[];
  readonly load: LoadFigures | null;
}
