import { ALL_OF, type HoldLimits } from './guard-deletions.ts';

/** False while so few deletions can exceed no limit, however many files are live: counting those is what the guard costs. */
export function needsLiveCount(total: number, limits: HoldLimits): boolean {
  return limits !== 'off' && (total >= ALL_OF || total > limits.files);
}
