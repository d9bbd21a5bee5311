import { type RelativePath, isBelow } from '@syncpair/contracts';
import type { Proposal } from './record-outcome.ts';

export interface Meanwhile {
  /** Those whose file is another one by now. */
  readonly changed: readonly Proposal[];
  /** What was deleted here when the proposals were chosen, and what is so now. */
  readonly deletedThen: ReadonlySet<RelativePath>;
  readonly deletedNow: ReadonlySet<RelativePath>;
}

/**
 * Those of the proposals that still hold once their contents were brought, which may take long. What is there again is not told as deleted,
 * and what was to make room for a file that is not told is neither.
 */
export function stillSo(proposals: readonly Proposal[], { changed, deletedThen, deletedNow }: Meanwhile): readonly Proposal[] {
  const left = new Set(changed);
  const roomless = changed.flatMap(({ change }) => (change.op === 'put' ? [change.path] : []));
  return proposals.filter((proposal) => {
    const { change } = proposal;
    if (change.op !== 'delete' || deletedNow.has(change.path)) return !left.has(proposal);
    return !deletedThen.has(change.path) && !roomless.some((path) => isBelow(change.path, path));
  });
}
