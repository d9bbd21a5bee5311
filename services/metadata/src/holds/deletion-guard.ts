import { type ContentHash, type HoldState, type Outcome, type RelativePath, type VersionState, ancestorsOf } from '@syncpair/contracts';
import { type CommitDecision, type HoldLimits, type VersionWrite, countedDeletions } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import type { Directory } from '../store/directory-repository.ts';
import { readRejectedAmong } from '../store/hold-repository.ts';
import { readLivingContents } from '../store/living-contents.ts';
import type { CommitJob } from '../sync/commit-job.ts';
import type { DirectoryState } from '../sync/directory-state.ts';
import { type DeletionAttempt, deletionAttempts } from './deletion-attempts.ts';
import { DeletionCounter } from './deletion-counter.ts';
import { type GrowingHold, GrowingHolds } from './growing-holds.ts';

export interface GuardOptions {
  readonly limits: HoldLimits;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the transaction has decided and not stored yet. */
  readonly pending: () => readonly VersionWrite[];
  /** Other directories wait for the same transaction: what takes long is refused. */
  readonly shared?: boolean;
}

/** What is asked about one job. */
interface Question {
  readonly job: CommitJob;
  readonly decision: CommitDecision;
  readonly attempts: readonly DeletionAttempt[];
  /** Answers to changes that must not be carried out, by change id. */
  readonly answers: Map<string, Outcome>;
}

const NOTHING: ReadonlyMap<string, Outcome> = new Map();

/**
 * Looks at the deletions that a commit would make and holds those that are too many, whoever sends them and however few at a time: they
 * are counted in the database, under the directory's lock. Lives for one transaction, and asks nothing where nothing is deleted.
 */
export class DeletionGuard {
  readonly #transaction: Transaction;
  readonly #directory: Directory;
  readonly #options: GuardOptions;
  readonly #counter: DeletionCounter;
  readonly #holds: GrowingHolds;

  constructor(transaction: Transaction, directory: Directory, options: GuardOptions) {
    this.#transaction = transaction;
    this.#directory = directory;
    this.#options = options;
    this.#counter = new DeletionCounter(transaction, directory.id, options);
    this.#holds = new GrowingHolds(transaction, directory.id);
  }

  /**
   * @returns the answers to those changes of the job that must not be carried out
   * @throws TakesLong, in a shared transaction
   */
  async judge(
    job: CommitJob,
    changes: Parameters<typeof deletionAttempts>[0],
    decision: CommitDecision,
    state: DirectoryState,
  ): Promise<ReadonlyMap<string, Outcome>> {
    if (isWanted(job) || this.#options.limits === 'off') return NOTHING;
    const attempts = deletionAttempts(changes, decision, state);
    if (attempts.length === 0) return NOTHING;
    const question: Question = { job, decision, attempts, answers: new Map() };
    await this.#answerRejected(question);
    await this.#answerHeld(question);
    await this.#holdTooMany(question);
    await this.#holdFolders(question);
    return question.answers;
  }

  /** Writes down what was counted and held. @returns the directory's holds afterwards, null when they are as they were */
  async settle(): Promise<HoldState | null> {
    await this.#counter.settle();
    const opened = await this.#holds.settle(this.#options.now);
    const { open, revision } = this.#directory.holds;
    return opened === null ? null : { open: open + opened, revision: revision + 1 };
  }

  /** A script tells the same deletion again, which a person has decided against since. */
  async #answerRejected({ job, attempts, answers }: Question): Promise<void> {
    const times = job.deletionTimes;
    if (times === undefined) return;
    const rejected = await readRejectedAmong(this.#transaction, this.#directory.id, job.device, attempts);
    for (const { path, id, head } of attempts) {
      const time = times.get(path);
      const at = rejected.get(path);
      if (at !== undefined && time !== undefined && time <= BigInt(at) * 1_000_000n) answers.set(id, { id, status: 'superseded', head });
    }
  }

  /** What waits already counts once. A touch may have given it another version, which the deletion means too. */
  async #answerHeld(question: Question): Promise<void> {
    const hold = await this.#holds.of(question.job.device);
    if (hold === null) return;
    const left = unanswered(question);
    const held = await this.#holds.heldAmong(
      hold,
      left.map(({ path }) => path),
    );
    for (const attempt of left) if (held.has(attempt.path)) addTo(hold, question, attempt);
  }

  async #holdTooMany(question: Question): Promise<void> {
    const { job } = question;
    const counted = await this.#counted(question);
    if (counted.length === 0) return;
    const tooMany = await this.#counter.count(job.device, counted.length);
    if (tooMany === null) return;
    const hold = await this.#holds.begin(job.device, { client: job.author, ...tooMany });
    for (const attempt of counted) addTo(hold, question, attempt);
  }

  async #counted({ decision, attempts, answers }: Question): Promise<DeletionAttempt[]> {
    const leaving = attempts.filter(({ goes }) => goes);
    const candidates = leaving.filter(({ id, head }) => !answers.has(id) && head.state.kind !== 'dir');
    if (candidates.length === 0) return [];
    const puts = new Map<RelativePath, VersionState>();
    for (const { path, state, lost } of decision.writes) if (!lost && state.kind !== 'tombstone') puts.set(path, state);
    const livesOn = await this.#livingContents(candidates, leaving, puts);
    const deleted = candidates.map(({ path, head }) => ({ path, was: head.state }));
    const counted = new Set(countedDeletions(deleted, { puts, livesOn }).map(({ path }) => path));
    return candidates.filter(({ path }) => counted.has(path));
  }

  async #livingContents(
    candidates: readonly DeletionAttempt[],
    leaving: readonly DeletionAttempt[],
    puts: ReadonlyMap<RelativePath, VersionState>,
  ): Promise<Set<ContentHash>> {
    const contents = new Set(candidates.flatMap(({ head: { state } }) => (state.kind === 'file' && state.size > 0 ? [state.hash] : [])));
    const paths = leaving.map(({ path }) => path);
    const living = await readLivingContents(this.#transaction, this.#directory.id, [...contents], paths);
    const pending = this.#options.pending().flatMap(({ state, lost }) => (lost ? [] : [state]));
    for (const state of [...puts.values(), ...pending]) if (state.kind === 'file' && contents.has(state.hash)) living.add(state.hash);
    return living;
  }

  /** A folder waits with what is in it. */
  async #holdFolders(question: Question): Promise<void> {
    const hold = await this.#holds.of(question.job.device);
    const folders = unanswered(question).filter(({ head }) => head.state.kind === 'dir');
    if (hold === null || folders.length === 0) return;
    const above = new Set([...hold.added.keys()].flatMap((path) => ancestorsOf(path)));
    const rest = folders.filter(({ path }) => !above.has(path)).map(({ path }) => path);
    for (const path of await this.#holds.foldersAmong(hold, rest)) above.add(path);
    for (const attempt of folders) if (above.has(attempt.path)) addTo(hold, question, attempt);
  }
}

/** What a person asked for by a command, having seen what it does. */
const isWanted = ({ approved, origin }: CommitJob): boolean => approved === true || (origin !== undefined && origin.call !== 'script');

const unanswered = ({ attempts, answers }: Question): DeletionAttempt[] => attempts.filter(({ id }) => !answers.has(id));

function addTo(hold: GrowingHold, { job, answers }: Question, attempt: DeletionAttempt): void {
  const { id, path, version, head } = attempt;
  hold.added.set(path, { path, version });
  // Who does not know holds is told that the path lives on: it comes back there until somebody decides.
  answers.set(id, job.knowsHolds === true ? { id, status: 'held', hold: hold.id } : { id, status: 'superseded', head });
}
