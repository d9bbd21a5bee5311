import {
  type Change,
  type ContentHash,
  type DeleteChange,
  type LogChange,
  type MoveChange,
  type Outcome,
  type PutChange,
  type Seq,
  versionId,
} from '@syncpair/contracts';
import { type ConflictWrite, type VersionWrite, decideCommit, decideMove } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import { carryOutMove, moveFits } from '../store/move-repository.ts';
import type { DeletionGuard } from '../holds/deletion-guard.ts';
import type { CommitJob } from './commit-job.ts';
import { DirectoryState } from './directory-state.ts';
import { loadFor, loadMissing } from './load-state.ts';

export interface DecidedJob {
  readonly outcomes: readonly Outcome[];
  readonly writes: readonly VersionWrite[];
  readonly conflicts: readonly ConflictWrite[];
  /** Lines of the log. */
  readonly lines: readonly LogChange[];
}

export interface JobContext {
  readonly transaction: Transaction;
  readonly directory: number;
  /** The sequence number the job gets if it writes. */
  readonly seq: Seq;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly guard: DeletionGuard;
}

type Edit = PutChange | DeleteChange;

/** Decides the puts and deletes of a job that moves nothing; nothing is stored yet but in `state`. */
export async function decideEdits(
  context: JobContext,
  state: DirectoryState,
  job: CommitJob,
  edits: readonly Edit[],
  firstOrdinal = 0,
): Promise<DecidedJob> {
  let answers: ReadonlyMap<string, Outcome> | null = null;
  let changes = edits;
  for (;;) {
    const decision = decideCommit(state.viewFor(job.device), changes, {
      seq: context.seq,
      firstOrdinal,
      now: BigInt(context.now) * 1_000_000n,
      author: job.author,
      contentSize: (hash: ContentHash) => job.contents.get(hash)?.size ?? null,
      conflictCopies: job.conflictCopies,
      strict: job.strict === true,
      joins: job.joins === true,
    });
    const missing = state.takeMissing();
    if (missing !== null) {
      await loadMissing(context.transaction, [{ directory: context.directory, state, missing }]);
      continue;
    }
    if (answers === null) {
      answers = await context.guard.judge(job, changes, decision, state);
      if (answers.size > 0) {
        // What must not be done may have made room for what may: the rest is decided again without it.
        const waiting = answers;
        changes = edits.filter(({ id }) => !waiting.has(id));
        continue;
      }
    }
    state.apply(job.device, context.seq, decision.writes, decision.conflicts);
    return {
      ...decision,
      outcomes: inOrder(edits, decision.outcomes, answers),
      lines: decision.writes.filter(({ lost }) => !lost).map((write) => toLine(context.seq, write)),
    };
  }
}

/**
 * Decides and carries out a job with moves among its changes, in their order. What precedes a move must be in the tables when the move
 * copies rows, so `store` is called with each part as it is decided.
 */
export async function decideWithMoves(
  context: JobContext,
  job: CommitJob,
  store: (part: DecidedJob) => Promise<void>,
): Promise<DecidedJob> {
  const parts: DecidedJob[] = [];
  let ordinal = 0;
  for (const run of runsOf(job.changes)) {
    const state = new DirectoryState();
    const changes = 'move' in run ? [run.move] : run.edits;
    await loadFor(context.transaction, [{ directory: context.directory, state, proposals: [{ device: job.device, changes }] }]);
    const part =
      'move' in run
        ? await decideOneMove(context, state, job, run.move, ordinal)
        : await decideEdits(context, state, job, run.edits, ordinal);
    await store(part);
    parts.push(part);
    ordinal += 'move' in run ? part.lines.length : part.writes.length;
  }
  return {
    outcomes: parts.flatMap(({ outcomes }) => outcomes),
    writes: parts.flatMap(({ writes }) => writes),
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
    lines: parts.flatMap(({ lines }) => lines),
  };
}

async function decideOneMove(
  context: JobContext,
  state: DirectoryState,
  job: CommitJob,
  move: MoveChange,
  ordinal: number,
): Promise<DecidedJob> {
  const nothing = { writes: [], conflicts: [], lines: [] };
  const decision = decideMove(state.viewFor(job.device), move);
  if (decision.verdict === 'answer') return { ...nothing, outcomes: [decision.outcome] };
  const { transaction, directory, seq } = context;
  if (!(await moveFits(transaction, directory, move))) {
    const head = state.head(move.from);
    return {
      ...nothing,
      outcomes: [{ id: move.id, status: 'superseded', head: head && { path: move.from, version: head.version, state: head.state } }],
    };
  }
  await carryOutMove(transaction, directory, { seq, ordinal, from: move.from, to: move.to, device: job.device, changeId: move.id });
  const version = versionId(seq, ordinal);
  return {
    ...nothing,
    outcomes: [{ id: move.id, status: 'committed', version, conflict: null }],
    lines: [{ op: 'move', from: move.from, to: move.to, version }],
  };
}

/** The outcomes of all changes, those that the guard answered among them. */
function inOrder(edits: readonly Edit[], outcomes: readonly Outcome[], answers: ReadonlyMap<string, Outcome>): readonly Outcome[] {
  if (answers.size === 0) return outcomes;
  const decided = outcomes[Symbol.iterator]();
  return edits.map(({ id }) => answers.get(id) ?? (decided.next().value as Outcome));
}

/** The changes as runs of edits and single moves. */
function runsOf(changes: readonly Change[]): ({ readonly edits: Edit[] } | { readonly move: MoveChange })[] {
  const runs: ({ readonly edits: Edit[] } | { readonly move: MoveChange })[] = [];
  for (const change of changes) {
    const last = runs.at(-1);
    if (change.op === 'move') runs.push({ move: change });
    else if (last !== undefined && 'edits' in last) last.edits.push(change);
    else runs.push({ edits: [change] });
  }
  return runs;
}

const toLine = (seq: Seq, write: VersionWrite): LogChange => ({
  op: 'head',
  path: write.path,
  version: versionId(seq, write.ordinal),
  state: write.state,
});
