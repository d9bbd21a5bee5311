import {
  type Change,
  type ContentHash,
  type HoldState,
  type NegotiateResponse,
  type Outcome,
  type Seq,
  splitVersionId,
} from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Negotiation } from '../server/sync-server.ts';
import { doubtDevice } from '../identity/doubt-device.ts';
import { proveServer } from '../identity/prove-server.ts';
import { replayLog } from './replay-log.ts';

/** An answer in which the server decided something. */
export type Decided = NegotiateResponse & { status: 'ok' };

/** The server's history is another one than the base was made with: nothing here may be proposed before both are merged anew. */
export class RejoinNeeded extends Error {
  override readonly name = 'RejoinNeeded';
  /** What the server found, one of `HistoryVerdict`; null from a server that does not tell. */
  readonly verdict: string | null;
  /** How to merge; see `MergeWanted`. */
  readonly merge: 'anew' | 'doubted';

  constructor(verdict: string | null, merge: 'anew' | 'doubted' = 'anew') {
    super('the server has another history of this directory');
    this.verdict = verdict;
    this.merge = merge;
  }
}

/** How far the log was not only read but made true on this disk. */
export function appliedSeq({ state }: Engine): number {
  const waiting = state.remote.oldestSeq();
  return waiting === null ? state.cursor : Math.min(state.cursor, waiting - 1);
}

/**
 * Proposes changes and takes in what the answer tells beside the outcomes.
 *
 * @throws {OtherServerError} when another server answers than the one that the state comes from
 * @throws {RejoinNeeded} when the server has another history
 * @throws {ServerError} when there is no answer
 */
export async function negotiate(
  engine: Engine,
  proposal: {
    readonly changes: readonly Change[];
    readonly receipts?: readonly string[];
    readonly announced?: Negotiation['announced'];
    readonly contents?: ReadonlyMap<ContentHash, Uint8Array>;
    readonly pull: boolean;
  },
): Promise<Decided> {
  const { state, server } = engine;
  const answer = await server.negotiate({
    epoch: state.fact('epoch'),
    cursor: state.cursor,
    mark: state.fact('mark'),
    server: state.fact('server'),
    applied: appliedSeq(engine),
    run: state.run === null ? null : { ...state.run, rejoins: state.fact('doubt') !== null },
    changes: proposal.changes,
    receipts: proposal.receipts ?? [],
    announced: proposal.announced ?? [],
    contents: proposal.contents ?? new Map(),
    pull: proposal.pull,
    joins: state.fact('joining') !== null,
  });
  engine.connection.succeeded();
  proveServer(engine, answer.server ?? null);
  if (answer.status === 'rejoin') {
    const verdict = answer.reason ?? null;
    throw new RejoinNeeded(verdict, doubtDevice(engine, verdict) ? 'doubted' : 'anew');
  }
  state.acknowledgeRun();
  if (answer.head > engine.head) engine.head = answer.head;
  noteConflicts(engine, answer.conflicts);
  noteHolds(engine, answer.holds);
  return answer;
}

/** Takes in the log part of an answer; before its outcomes are recorded, see `reach`. */
export function takeLog(engine: Engine, answer: Decided): void {
  if (answer.commits.length > 0 || answer.cursor > engine.state.cursor) replayLog(engine, answer.commits, answer.cursor);
}

/** Milliseconds in which the event stream should have told of a commit that the server has answered with. */
const EVENT_PATIENCE_MS = 1_000;

/**
 * Reads the log up to a sequence number at least. While `streaming`, the events are given a moment to bring it.
 *
 * An outcome is recorded only after that: base and remote heads then always say together what the server had at the cursor, and no older
 * line of the log can be taken for news about a path that was agreed on later.
 */
export async function reach(engine: Engine, seq: Seq, streaming: boolean): Promise<void> {
  const patience = engine.clock.monotonic() + EVENT_PATIENCE_MS;
  while (engine.state.cursor < seq) {
    if (streaming && engine.clock.monotonic() < patience) await engine.nextWake(patience);
    else takeLog(engine, await negotiate(engine, { changes: [], pull: true }));
  }
}

/** The last sequence number that outcomes speak of; 0 when they speak of none. */
export function lastSeqOf(outcomes: readonly Outcome[]): Seq {
  let last = 0;
  for (const outcome of outcomes) {
    if ('version' in outcome) last = Math.max(last, splitVersionId(outcome.version).seq);
    if ('head' in outcome && outcome.head !== null) last = Math.max(last, splitVersionId(outcome.head.version).seq);
  }
  return last;
}

export function noteConflicts(engine: Engine, conflicts: number): void {
  if (engine.conflicts === conflicts) return;
  engine.conflicts = conflicts;
  engine.state.setFact('conflicts', String(conflicts));
}

/** Whoever follows the holds asks for them when their revision is another one. */
export function noteHolds(engine: Engine, holds: HoldState | undefined): void {
  if (holds === undefined || engine.holdsHeard?.revision === holds.revision) return;
  engine.holdsHeard = holds;
  engine.wake();
}

/** Reads the log up to its end. @returns contents that the server asks for */
export async function pull(engine: Engine): Promise<Decided['wanted'] | null> {
  for (;;) {
    const answer = await negotiate(engine, { changes: [], pull: true });
    takeLog(engine, answer);
    engine.wake();
    if (!answer.more) return answer.wanted ?? null;
  }
}
