import type { Comparison } from './comparison.ts';

/** The median of the rounds of one figure of one system; null when it has none. */
export const medianOf = (comparison: Comparison | null, workload: string, metric: string, system: string): number | null =>
  comparison?.summary[workload]?.[metric]?.systems[system]?.median ?? null;
