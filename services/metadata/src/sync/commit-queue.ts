import { DomainError, MAX_CHANGES_PER_REQUEST } from '@syncpair/contracts';
import { DEFAULT_HOLD_LIMITS, type HoldLimits } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import { hasMoves } from './commit-group.ts';
import type { CommitJob, CommitResult, CommittedGroup } from './commit-job.ts';
import { type Recover, commitWithRecovery } from './commit-with-recovery.ts';

/** Changes above which a job lets those that came after it go first, once. */
const LARGE = 100;

interface Waiting {
  readonly job: CommitJob;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
  passed: boolean;
}

interface Lane {
  waiting: Waiting[];
}

/**
 * A queue for each directory: what arrives while one transaction is under way goes together into the next. The row lock is held until the
 * log is flushed to disk, so without groups a directory would take one commit per flush.
 */
export class CommitQueue {
  readonly #database: Database;
  readonly #committed: (group: CommittedGroup) => void;
  readonly #clock: () => number;
  readonly #recover: Recover;
  readonly #limits: HoldLimits;
  readonly #lanes = new Map<string, Lane>();

  /**
   * `committed` hears of each group once it is durable; `clock` tells milliseconds since 1970; `limits` say when deletions are held in
   * directories that have no limits of their own.
   */
  constructor(
    database: Database,
    committed: (group: CommittedGroup) => void,
    clock: () => number,
    recover: Recover,
    limits: HoldLimits = DEFAULT_HOLD_LIMITS,
  ) {
    this.#database = database;
    this.#committed = committed;
    this.#clock = clock;
    this.#recover = recover;
    this.#limits = limits;
  }

  /** Resolves when the job is decided and durable. */
  commit(job: CommitJob): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { job, resolve, reject, passed: false };
      const lane = this.#lanes.get(job.key);
      if (lane !== undefined) {
        lane.waiting.push(entry);
        return;
      }
      const opened: Lane = { waiting: [entry] };
      this.#lanes.set(job.key, opened);
      void this.#work(job.key, opened);
    });
  }

  async #work(key: string, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) await this.#run(takeGroup(lane));
    this.#lanes.delete(key);
  }

  async #run(group: readonly Waiting[]): Promise<void> {
    try {
      const done = await commitWithRecovery(
        this.#database,
        group.map(({ job }) => job),
        this.#clock(),
        this.#recover,
        this.#limits,
      );
      if (done.group !== null) this.#committed(done.group);
      group.forEach(({ resolve }, index) => resolve(done.results[index] as CommitResult));
    } catch (error) {
      // Nothing of the group is stored. A job that cannot be stored must not fail its neighbours, so each is tried alone.
      if (group.length === 1 || error instanceof DomainError) for (const { reject } of group) reject(error);
      else for (const entry of group) await this.#run([entry]);
    }
  }
}

/** Takes what goes into the next transaction out of the lane: small jobs first, as many changes as one request may have. */
function takeGroup(lane: Lane): Waiting[] {
  const isLarge = ({ job, passed }: Waiting): boolean => !passed && job.changes.length > LARGE;
  const ordered = [...lane.waiting.filter((entry) => !isLarge(entry)), ...lane.waiting.filter(isLarge)];
  const group: Waiting[] = [];
  let changes = 0;
  for (const entry of ordered) {
    if (group.length > 0 && (hasMoves(entry.job) || changes + entry.job.changes.length > MAX_CHANGES_PER_REQUEST)) break;
    group.push(entry);
    changes += entry.job.changes.length;
    if (hasMoves(entry.job)) break;
  }
  lane.waiting = lane.waiting.filter((entry) => !group.includes(entry));
  for (const entry of lane.waiting) entry.passed = true;
  return group;
}
