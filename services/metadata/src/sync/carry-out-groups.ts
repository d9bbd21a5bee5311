import type { Transaction } from '../database/database.ts';
import { finishCommits } from '../store/commit-repository.ts';
import type { DecidedGroup } from './commit-job.ts';
import type { GroupDecision } from './group-decision.ts';
import { loadFor } from './load-state.ts';
import { storeDecided } from './store-decided.ts';

/**
 * Reads, decides and stores the groups of any number of directories, each decided by itself.
 *
 * @returns what came of each, in their order, which counts once the transaction is committed; null where a shared transaction has no time for it
 * @throws ContentsGone, with nothing decided: contents of the jobs cannot be named any more, or not without waiting where the transaction is shared
 */
export async function carryOutGroups(
  transaction: Transaction,
  groups: readonly GroupDecision[],
  options: { readonly at: Date; readonly shared?: boolean },
): Promise<(DecidedGroup | null)[]> {
  await loadFor(
    transaction,
    groups.flatMap(({ loading }) => loading ?? []),
  );
  const settled = [];
  for (const group of groups) settled.push((await group.decide()) ? await group.settle() : null);
  await storeDecided(
    transaction,
    settled.flatMap((group) => group?.unstored ?? []),
    options,
  );
  await finishCommits(
    transaction,
    settled.flatMap((group) => group?.closing ?? []),
    options.at,
  );
  return settled.map((group) => group?.decided ?? null);
}
