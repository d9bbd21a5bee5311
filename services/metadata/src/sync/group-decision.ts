import { randomBytes } from 'node:crypto';
import type { Commit, ContentHash } from '@syncpair/contracts';
import type { HoldLimits, VersionWrite } from '@syncpair/sync-core';
import type { UsableContent } from '../content/usable-content.ts';
import type { Transaction } from '../database/database.ts';
import { DeletionGuard } from '../holds/deletion-guard.ts';
import { TakesLong } from '../holds/takes-long.ts';
import type { Closing, CommitRow, CommittedConflict, CommittedWrite } from '../store/commit-repository.ts';
import type { Directory } from '../store/directory-repository.ts';
import type { CommitJob, DecidedGroup } from './commit-job.ts';
import { type DecidedJob, type JobContext, decideEdits, decideWithMoves } from './decide-job.ts';
import { DirectoryState } from './directory-state.ts';
import { hasMoves } from './has-moves.ts';
import type { Loading } from './load-state.ts';
import { type Unstored, storeDecided } from './store-decided.ts';

/** Enough that no two commits ever get the same mark. */
const MARK_BYTES = 12;

export interface GroupOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of directories that have none of their own. */
  readonly limits: HoldLimits;
  /** Other directories wait for the same transaction. */
  readonly shared?: boolean;
}

/**
 * What one transaction, which has the directory's lock, decides about jobs of it, each as a commit of its own when it writes anything. A job
 * that moves something comes alone.
 */
export class GroupDecision {
  readonly #transaction: Transaction;
  readonly #directory: Directory;
  readonly #now: number;
  readonly #jobs: readonly CommitJob[];
  /** Null of a job with moves, whose parts each read anew what the ones before them have stored. */
  readonly #state: DirectoryState | null;
  readonly #guard: DeletionGuard;
  readonly #outcomes: (DecidedJob['outcomes'] | null)[] = [];
  readonly #rows: CommitRow[] = [];
  readonly #commits: Commit[] = [];
  readonly #writes: CommittedWrite[] = [];
  readonly #conflicts: CommittedConflict[] = [];
  readonly #contents = new Map<ContentHash, UsableContent>();
  #conflictCount = 0;

  constructor(transaction: Transaction, directory: Directory, jobs: readonly CommitJob[], { now, limits, shared = false }: GroupOptions) {
    this.#transaction = transaction;
    this.#directory = directory;
    this.#now = now;
    this.#jobs = jobs;
    this.#state = jobs.some(hasMoves) ? null : new DirectoryState();
    this.#guard = new DeletionGuard(transaction, directory, {
      limits: directory.holdLimits ?? limits,
      now,
      pending: () => this.#writes,
      shared,
    });
  }

  /** What has to be read before `decide`; null where it reads by itself. */
  get loading(): Loading | null {
    const state = this.#state;
    return state === null ? null : { directory: this.#directory.id, state, proposals: this.#jobs.filter((job) => this.#isKnown(job)) };
  }

  /** @returns false, with nothing of it to be stored, when that takes too long for a shared transaction */
  async decide(): Promise<boolean> {
    try {
      for (const job of this.#jobs) this.#outcomes.push(this.#isKnown(job) ? await this.#decide(job) : null);
      return true;
    } catch (error) {
      if (error instanceof TakesLong) return false;
      throw error;
    }
  }

  /** Writes down what the guard counted and held. @returns what came of it all, and what is still to be stored of that */
  async settle(): Promise<{ readonly decided: DecidedGroup; readonly unstored: Unstored; readonly closing: Closing | null }> {
    const holds = await this.#guard.settle();
    const last = this.#commits.at(-1);
    const { id, head, openConflicts, holds: before } = this.#directory;
    const after = {
      ...this.#directory,
      head: last?.seq ?? head,
      openConflicts: openConflicts + this.#conflictCount,
      holds: holds ?? before,
    };
    return {
      decided: {
        results: this.#outcomes.map((outcomes) =>
          outcomes === null ? { status: 'rejoin', directory: after } : { status: 'decided', directory: after, outcomes },
        ),
        group: last === undefined && holds === null ? null : { directory: after, previous: head, commits: this.#commits },
      },
      unstored: this.#takeUnstored(),
      closing: last === undefined ? null : { directory: id, commits: this.#rows, conflicts: this.#conflictCount },
    };
  }

  /** False of a job whose history is not the directory's. */
  #isKnown({ epoch, cursor }: CommitJob): boolean {
    return epoch === this.#directory.epoch && cursor <= this.#directory.head && cursor >= this.#directory.dropped;
  }

  async #decide(job: CommitJob): Promise<DecidedJob['outcomes']> {
    const { id: directory, head } = this.#directory;
    const seq = head + this.#commits.length + 1;
    const context: JobContext = { transaction: this.#transaction, directory, seq, now: this.#now, guard: this.#guard };
    let decided: DecidedJob;
    if (this.#state === null) {
      decided = await decideWithMoves(context, job, async (part) => {
        this.#keep(job, seq, part);
        await storeDecided(this.#transaction, [this.#takeUnstored()], { at: new Date(this.#now) });
      });
    } else {
      decided = await decideEdits(context, this.#state, job, job.changes as Parameters<typeof decideEdits>[3]);
      this.#keep(job, seq, decided);
    }
    if (decided.writes.length + decided.lines.length > 0) {
      const mark = randomBytes(MARK_BYTES).toString('base64url');
      this.#rows.push({ seq, device: job.device, author: job.author, lines: decided.lines.length, call: job.origin?.call ?? null, mark });
      this.#commits.push({ seq, author: job.author, at: new Date(this.#now).toISOString(), mark, changes: decided.lines });
    }
    return decided.outcomes;
  }

  #keep(job: CommitJob, seq: number, { writes, conflicts }: DecidedJob): void {
    const directory = this.#directory.id;
    for (const write of writes) {
      this.#writes.push({
        ...write,
        directory,
        seq,
        device: job.device,
        deletedAt: deletionTime(job, write),
        restoredFrom: job.origin?.restored?.get(write.path) ?? null,
      });
      const content = write.state.kind === 'file' ? job.contents.get(write.state.hash) : undefined;
      if (content !== undefined) this.#contents.set(content.hash, content);
    }
    for (const conflict of conflicts) this.#conflicts.push({ ...conflict, directory });
    this.#conflictCount += conflicts.length;
  }

  #takeUnstored(): Unstored {
    const contents = [...this.#contents.values()];
    this.#contents.clear();
    return { writes: this.#writes.splice(0), conflicts: this.#conflicts.splice(0), contents };
  }
}

const deletionTime = (job: CommitJob, write: VersionWrite): bigint | null =>
  write.state.kind === 'tombstone' ? (job.deletionTimes?.get(write.path) ?? null) : null;
