import { DEFAULT_HOLD_LIMITS, type HoldLimits } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import { lockDirectory } from '../store/directory-repository.ts';
import { carryOutGroups } from './carry-out-groups.ts';
import type { CommitJob, DecidedGroup } from './commit-job.ts';
import { GroupDecision } from './group-decision.ts';

/**
 * Decides jobs of one directory in one transaction, which waits for the directory's lock, each as a commit of its own when it writes anything,
 * and resolves when all of it is durable. A job that moves something comes alone. `limits` are those of directories that have none of their own.
 *
 * @throws ContentsGone, with nothing decided: contents of the jobs cannot be named any more
 */
export async function commitGroup(
  database: Database,
  jobs: readonly CommitJob[],
  now: number,
  limits: HoldLimits = DEFAULT_HOLD_LIMITS,
): Promise<DecidedGroup> {
  const [first] = jobs;
  if (first === undefined) return { results: [], group: null };
  return database.transaction('write', async (transaction) => {
    const directory = await lockDirectory(transaction, first.key);
    if (directory === null) throw new Error(`no directory ${first.key}`);
    const [decided] = await carryOutGroups(transaction, [new GroupDecision(transaction, directory, jobs, { now, limits })], {
      at: new Date(now),
    });
    return decided as DecidedGroup;
  });
}
