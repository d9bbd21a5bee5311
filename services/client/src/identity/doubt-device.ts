import type { Engine } from '../daemon/engine.ts';
import { giveNotice } from './notice.ts';

const WORDS = {
  old_state:
    'the state of this folder is older than what the server has heard from it, as after the restore of a backup. It is checked against disk and server: nothing is deleted, and nothing newer is replaced',
  clone:
    'another client with the same identity is at work, as with a copied home or a cloned machine. This one goes on as a client of its own; its state is checked against disk and server: nothing is deleted, and nothing newer is replaced',
} as const;

/**
 * Takes the server's word that this state does not know all that its device has done. When the server has accepted this very start before,
 * somebody else goes by the same identity; else the state is an older one.
 *
 * @returns false for any other verdict
 */
export function doubtDevice(engine: Engine, verdict: string | null): boolean {
  if (verdict !== 'old_state') return false;
  const { state } = engine;
  const doubt = state.isRunAccepted ? 'clone' : 'old_state';
  if (state.fact('doubt') === null) giveNotice(engine, WORDS[doubt]);
  state.transaction(() => {
    if (doubt === 'clone') state.renewDevice();
    state.setFact('doubt', doubt);
  });
  return true;
}
