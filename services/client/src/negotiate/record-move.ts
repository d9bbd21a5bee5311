import { type Outcome, type RelativePath, rebase } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { LocalMove } from '../scan/local-changes.ts';

/**
 * Records the server's answer to a move from here. Committed: the base, and whatever waits below the old path, gets the new one. Else the
 * move is told as deletions and new entries, for which both places are to be scanned again.
 *
 * Runs inside a transaction of the state. @returns whether it was committed
 */
export function recordMove(engine: Engine, move: LocalMove, outcome: Outcome): boolean {
  const { state, log } = engine;
  if (outcome.status !== 'committed') {
    log.debug(`the server has other news of ${move.from}; its move to ${move.to} is told file by file`);
    return false;
  }
  moveBase(engine, move.from, move.to, outcome.version);
  state.base.setStamp(move.to, move.stamp, move.inode);
  log.debug(`✓ Moved on the server: ${move.from} to ${move.to}`);
  return true;
}

/** The base and the waiting heads after a move that happened both here and on the server. Runs inside a transaction. */
export function moveBase({ state }: Engine, from: RelativePath, to: RelativePath, version: Parameters<typeof state.base.rename>[2]): void {
  state.base.rename(from, to, version);
  for (const head of [state.remote.get(from), ...state.remote.under(from)]) {
    if (head === null) continue;
    state.remote.remove(head.path);
    if (head.version === version || head.state.kind === 'tombstone') continue;
    state.remote.put({ ...head, path: rebase(head.path, from, to), version });
  }
}
