import type { Engine } from '../daemon/engine.ts';

/** Another server answers at the URL than the one that the folder was in sync with: nothing is sent to it before a person says so. */
export class OtherServerError extends Error {
  override readonly name = 'OtherServerError';
}

/**
 * Compares the server that answered (null: it has no id) with the one that the state comes from, and remembers the first.
 *
 * @throws {OtherServerError}
 */
export function proveServer({ state }: Engine, answered: string | null): void {
  if (answered === null) return;
  const known = state.fact('server');
  if (known === null) state.setFact('server', answered);
  else if (known !== answered) throw new OtherServerError('another server answers than the one that this folder was in sync with');
}
