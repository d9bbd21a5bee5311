import { type DirectoryKey, MAX_CHANGES_PER_REQUEST } from '@syncpair/contracts';
import type { CommitJob, CommitResult } from './commit-job.ts';
import { hasMoves } from './has-moves.ts';

/** Changes above which a job lets those that came after it go first, once, and above which a directory shares its transaction with no other. */
const LARGE = 100;

/** A job, and who waits for what comes of it. */
export interface WaitingJob {
  readonly job: CommitJob;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** The jobs of one directory that wait for a transaction. */
export class Lane {
  readonly key: DirectoryKey;
  readonly #passed = new Set<WaitingJob>();
  #waiting: WaitingJob[] = [];
  #changes = 0;
  #moves = 0;

  constructor(key: DirectoryKey) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** How many changes wait. */
  get changes(): number {
    return this.#changes;
  }

  /** True when all that waits is so little that other directories may wait for the same transaction. */
  get isSmall(): boolean {
    return this.#changes <= LARGE && this.#moves === 0;
  }

  add(entry: WaitingJob): void {
    this.#waiting.push(entry);
    this.#count(entry, 1);
  }

  takeAll(): WaitingJob[] {
    return this.#take(this.#waiting);
  }

  /** Takes what goes into the next transaction: small jobs first, as many changes as one request may have, and a job with moves alone. */
  takeGroup(): WaitingJob[] {
    const isLarge = (entry: WaitingJob): boolean => !this.#passed.has(entry) && entry.job.changes.length > LARGE;
    const ordered = [...this.#waiting.filter((entry) => !isLarge(entry)), ...this.#waiting.filter(isLarge)];
    const group: WaitingJob[] = [];
    let changes = 0;
    for (const entry of ordered) {
      if (group.length > 0 && (hasMoves(entry.job) || changes + entry.job.changes.length > MAX_CHANGES_PER_REQUEST)) break;
      group.push(entry);
      changes += entry.job.changes.length;
      if (hasMoves(entry.job)) break;
    }
    return this.#take(group);
  }

  #take(group: WaitingJob[]): WaitingJob[] {
    const taken = new Set(group);
    this.#waiting = this.#waiting.filter((entry) => !taken.has(entry));
    for (const entry of taken) {
      this.#passed.delete(entry);
      this.#count(entry, -1);
    }
    for (const entry of this.#waiting) this.#passed.add(entry);
    return group;
  }

  #count({ job }: WaitingJob, sign: 1 | -1): void {
    this.#changes += sign * job.changes.length;
    if (hasMoves(job)) this.#moves += sign;
  }
}
