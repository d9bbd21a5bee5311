import type { Compared } from '../compare/run-comparison.ts';
import type { CutFigures } from '../cuts/cut-figures.ts';
import type { Measurements } from '../judge/measurements.ts';
import type { LargeFigures } from '../large/large-figures.ts';
import type { LoadFigures } from '../load/load-figures.ts';
import type { PartName } from '../options/parts.ts';
import type { TreeFigures } from '../trees/tree-figures.ts';
import type { PartRecord } from './part-record.ts';

/** The figures of the parts that were measured. */
export function measurementsOf(records: readonly PartRecord[]): Measurements {
  const figures = (part: PartName): unknown => records.find((record) => record.part === part)?.figures ?? null;
  return {
    compare: (figures('compare') as Compared | null)?.comparison ?? null,
    trees: (figures('trees') as TreeFigures[] | null) ?? [],
    large: figures('large') as LargeFigures | null,
    cuts: (figures('cuts') as CutFigures[] | null) ?? [],
    load: figures('load') as LoadFigures | null,
  };
}
