import type { Engine } from '../daemon/engine.ts';

/**
 * Wants every head to be asked for. Runs inside the transaction that moves the cursor past what needs it, so that a client which ends before
 * it has asked does so at its next start.
 */
export function wantHeads(engine: Engine): void {
  engine.headsWanted = true;
  engine.state.setFact('ignoring', null);
}
