import type { HoldLimits } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import { lockFreeDirectories } from '../store/directory-repository.ts';
import { carryOutGroups } from './carry-out-groups.ts';
import type { CommitJob, DecidedGroup } from './commit-job.ts';
import { GroupDecision } from './group-decision.ts';

/**
 * `commitGroup` for groups of several directories in one transaction, with as many statements as for one. It waits for no lock.
 *
 * @param groups of one directory each, none of them empty, none with moves
 * @returns what came of each group, in their order; null where nothing was decided, for another transaction has the directory, or the others
 *   would wait too long
 * @throws ContentsGone, with nothing decided about any of them: contents of the jobs cannot be named any more, or not without waiting
 */
export async function commitTogether(
  database: Database,
  groups: readonly (readonly CommitJob[])[],
  now: number,
  limits: HoldLimits,
): Promise<(DecidedGroup | null)[]> {
  return database.transaction('write', async (transaction) => {
    const free = await lockFreeDirectories(
      transaction,
      groups.flatMap(([first]) => first?.key ?? []),
    );
    const decisions = groups.map((jobs) => {
      const directory = jobs[0] === undefined ? undefined : free.get(jobs[0].key);
      return directory === undefined ? null : new GroupDecision(transaction, directory, jobs, { now, limits, shared: true });
    });
    const decided = (
      await carryOutGroups(
        transaction,
        decisions.flatMap((decision) => decision ?? []),
        { at: new Date(now), shared: true },
      )
    ).values();
    return decisions.map((decision) => (decision === null ? null : (decided.next().value as DecidedGroup | null)));
  });
}
