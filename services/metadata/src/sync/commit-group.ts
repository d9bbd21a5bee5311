import { randomBytes } from 'node:crypto';
import type { Commit, ContentHash } from '@syncpair/contracts';
import { type ConflictWrite, DEFAULT_HOLD_LIMITS, type HoldLimits, type VersionWrite } from '@syncpair/sync-core';
import type { UsableContent } from '../content/usable-content.ts';
import type { Database, Transaction } from '../database/database.ts';
import { DeletionGuard } from '../holds/deletion-guard.ts';
import { type CommitRow, type CommittedWrite, finishCommits, insertConflicts, insertWrites } from '../store/commit-repository.ts';
import { takeContents } from '../store/content-repository.ts';
import { type Directory, lockDirectory } from '../store/directory-repository.ts';
import type { CommitJob, CommitResult, CommittedGroup } from './commit-job.ts';
import { type DecidedJob, type JobContext, decideEdits, decideWithMoves } from './decide-job.ts';
import { ContentsGone } from '../content/contents-gone.ts';
import { DirectoryState } from './directory-state.ts';
import { loadFor } from './load-state.ts';

/** Enough that no two commits ever get the same mark. */
const MARK_BYTES = 12;

export const hasMoves = (job: CommitJob): boolean => job.changes.some(({ op }) => op === 'move');

/**
 * Decides jobs of one directory in one transaction, each as a commit of its own when it writes anything, and resolves when all of it is
 * durable. A job that moves something comes alone. `limits` are those of directories that have none of their own.
 *
 * @throws ContentsGone, with nothing decided: contents of the jobs cannot be named any more
 */
export async function commitGroup(
  database: Database,
  jobs: readonly CommitJob[],
  now: number,
  limits: HoldLimits = DEFAULT_HOLD_LIMITS,
): Promise<{ readonly results: CommitResult[]; readonly group: CommittedGroup | null }> {
  const [first] = jobs;
  if (first === undefined) return { results: [], group: null };
  return database.transaction('write', async (transaction) => {
    const directory = await lockDirectory(transaction, first.key);
    if (directory === null) throw new Error(`no directory ${first.key}`);
    const decided = await new GroupTransaction(transaction, directory, now, limits).run(jobs);
    const after = decided.group?.directory ?? directory;
    return {
      results: decided.outcomes.map((outcomes) =>
        outcomes === null ? { status: 'rejoin', directory: after } : { status: 'decided', directory: after, outcomes },
      ),
      group: decided.group,
    };
  });
}

/** One pass over a group; lives no longer than its transaction. */
class GroupTransaction {
  readonly #transaction: Transaction;
  readonly #directory: Directory;
  readonly #now: number;
  readonly #rows: CommitRow[] = [];
  readonly #commits: Commit[] = [];
  readonly #writes: CommittedWrite[] = [];
  readonly #conflicts: ConflictWrite[] = [];
  readonly #contents = new Map<ContentHash, UsableContent>();
  readonly #guard: DeletionGuard;
  #conflictCount = 0;

  constructor(transaction: Transaction, directory: Directory, now: number, limits: HoldLimits) {
    this.#transaction = transaction;
    this.#directory = directory;
    this.#now = now;
    this.#guard = new DeletionGuard(transaction, directory, {
      limits: directory.holdLimits ?? limits,
      now,
      pending: () => this.#writes,
    });
  }

  async run(jobs: readonly CommitJob[]): Promise<{ outcomes: (DecidedJob['outcomes'] | null)[]; group: CommittedGroup | null }> {
    const known = jobs.filter(
      (job) => job.epoch === this.#directory.epoch && job.cursor <= this.#directory.head && job.cursor >= this.#directory.dropped,
    );
    const state = new DirectoryState();
    const [only] = known;
    const moves = only !== undefined && hasMoves(only);
    if (!moves) await loadFor(this.#transaction, this.#directory.id, state, known);
    const outcomes: (DecidedJob['outcomes'] | null)[] = [];
    for (const job of jobs) outcomes.push(known.includes(job) ? await this.#decide(job, moves ? null : state) : null);
    return { outcomes, group: await this.#finish() };
  }

  async #decide(job: CommitJob, state: DirectoryState | null): Promise<DecidedJob['outcomes']> {
    const seq = this.#directory.head + this.#commits.length + 1;
    const context: JobContext = { transaction: this.#transaction, directory: this.#directory.id, seq, now: this.#now, guard: this.#guard };
    const keep = (part: DecidedJob): void => this.#keep(job, seq, part);
    let decided: DecidedJob;
    if (state === null) {
      decided = await decideWithMoves(context, job, async (part) => {
        keep(part);
        await this.#flush();
      });
    } else {
      decided = await decideEdits(context, state, job, job.changes as Parameters<typeof decideEdits>[3]);
      keep(decided);
    }
    if (decided.writes.length + decided.lines.length > 0) {
      const mark = randomBytes(MARK_BYTES).toString('base64url');
      this.#rows.push({ seq, device: job.device, author: job.author, lines: decided.lines.length, call: job.origin?.call ?? null, mark });
      this.#commits.push({ seq, author: job.author, at: new Date(this.#now).toISOString(), mark, changes: decided.lines });
    }
    return decided.outcomes;
  }

  #keep(job: CommitJob, seq: number, { writes, conflicts }: DecidedJob): void {
    for (const write of writes) {
      this.#writes.push({
        ...write,
        seq,
        device: job.device,
        deletedAt: deletionTime(job, write),
        restoredFrom: job.origin?.restored?.get(write.path) ?? null,
      });
      const content = write.state.kind === 'file' ? job.contents.get(write.state.hash) : undefined;
      if (content !== undefined) this.#contents.set(content.hash, content);
    }
    this.#conflicts.push(...conflicts);
    this.#conflictCount += conflicts.length;
  }

  async #flush(): Promise<void> {
    const writes = this.#writes.splice(0);
    const conflicts = this.#conflicts.splice(0);
    const contents = [...this.#contents.values()];
    this.#contents.clear();
    const gone = await takeContents(this.#transaction, contents);
    if (gone.length > 0) throw new ContentsGone(gone);
    await insertWrites(this.#transaction, this.#directory.id, writes);
    await insertConflicts(this.#transaction, this.#directory.id, conflicts, new Date(this.#now));
  }

  async #finish(): Promise<CommittedGroup | null> {
    const holds = await this.#guard.settle();
    const last = this.#commits.at(-1);
    if (last === undefined && holds === null) return null;
    await this.#flush();
    await finishCommits(this.#transaction, this.#directory.id, this.#rows, this.#conflictCount, new Date(this.#now));
    const { head } = this.#directory;
    const directory = {
      ...this.#directory,
      head: last?.seq ?? head,
      openConflicts: this.#directory.openConflicts + this.#conflictCount,
      holds: holds ?? this.#directory.holds,
    };
    return { directory, previous: head, commits: this.#commits };
  }
}

const deletionTime = (job: CommitJob, write: VersionWrite): bigint | null =>
  write.state.kind === 'tombstone' ? (job.deletionTimes?.get(write.path) ?? null) : null;
