import type { Change, ContentHash, NegotiateResponse } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { replayLog } from './replay-log.ts';

/** An answer in which the server decided something. */
export type Decided = NegotiateResponse & { status: 'ok' };

/** The server's history is another one than the base was made with: nothing here may be proposed before both are merged anew. */
export class RejoinNeeded extends Error {
  override readonly name = 'RejoinNeeded';
}

/** How far the log was not only read but made true on this disk. */
export function appliedSeq({ state }: Engine): number {
  const waiting = state.remote.oldestSeq();
  return waiting === null ? state.cursor : Math.min(state.cursor, waiting - 1);
}

/**
 * Proposes changes and takes in what the answer tells beside the outcomes.
 *
 * @throws {RejoinNeeded} when the server has another history
 * @throws {ServerError} when there is no answer
 */
export async function negotiate(
  engine: Engine,
  proposal: { changes: readonly Change[]; receipts?: readonly string[]; contents?: ReadonlyMap<ContentHash, Uint8Array>; pull: boolean },
): Promise<Decided> {
  const { state, server } = engine;
  const answer = await server.negotiate({
    epoch: state.fact('epoch'),
    cursor: state.cursor,
    applied: appliedSeq(engine),
    changes: proposal.changes,
    receipts: proposal.receipts ?? [],
    contents: proposal.contents ?? new Map(),
    pull: proposal.pull,
  });
  if (answer.status === 'rejoin') throw new RejoinNeeded('the server has another history of this directory');
  if (answer.head > engine.head) engine.head = answer.head;
  noteConflicts(engine, answer.conflicts);
  return answer;
}

/** Takes in the log part of an answer. Call it after the outcomes are recorded, so that own commits are known as such. */
export function takeLog(engine: Engine, answer: Decided): void {
  if (answer.commits.length > 0 || answer.cursor > engine.state.cursor) replayLog(engine, answer.commits, answer.cursor);
}

export function noteConflicts(engine: Engine, conflicts: number): void {
  if (engine.conflicts === conflicts) return;
  engine.conflicts = conflicts;
  engine.state.setFact('conflicts', String(conflicts));
}

/** Reads the log up to its end. */
export async function pull(engine: Engine): Promise<void> {
  for (;;) {
    const answer = await negotiate(engine, { changes: [], pull: true });
    takeLog(engine, answer);
    engine.wake();
    if (!answer.more) return;
  }
}
