import { MAX_TOLD_STEPS, type RevertResponse, type Seq } from '@syncpair/contracts';
import type { RevertStep } from '@syncpair/sync-core';
import type { CarriedOut } from './carry-out.ts';

/** What was done, or with `planned` would be, as the answer of a call. */
export function tellRevert({ done, kept }: CarriedOut, told: { readonly planned: boolean; readonly seq: Seq | null }): RevertResponse {
  const count = (op: RevertStep['op']): number => done.filter((step) => step.op === op).length;
  return {
    planned: told.planned,
    seq: told.seq === null ? null : String(told.seq),
    counts: { restored: count('put'), deleted: count('delete'), moved: count('move'), kept: kept.length },
    steps: done.slice(0, MAX_TOLD_STEPS).map((step) => ({
      action: step.op === 'put' ? 'restore' : step.op,
      path: step.path,
      to: step.op === 'move' ? step.to : null,
      version: step.op === 'put' ? step.restored : null,
    })),
    kept: kept.slice(0, MAX_TOLD_STEPS).map(({ path, reason, by }) => ({ path, reason, by })),
  };
}
