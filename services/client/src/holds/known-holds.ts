import type { Hold, HoldState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { State } from '../state/state.ts';

/** The holds of a directory as the server told them last, whoever's changes wait in them. */
export interface KnownHolds {
  /** Those that wait. */
  readonly open: readonly Hold[];
}

/** What the state remembers. */
export function readKnownHolds(state: State): KnownHolds {
  const text = state.fact('holds');
  return text === null ? { open: [] } : (JSON.parse(text) as KnownHolds);
}

/** True when the list of holds is the one that was read last; revision 0 is that of a directory that never had any. */
export const isKnownRevision = (state: State, heard: HoldState): boolean =>
  (state.fact('holds_revision') ?? '0') === String(heard.revision);

/** True when nothing about the holds has still to be told or heard. */
export function knowsAllHolds({ state, holdsHeard, holdsRefused }: Engine): boolean {
  return holdsHeard === null || holdsRefused || (isKnownRevision(state, holdsHeard) && state.holds.untold(1) === null);
}

/** Everything that waits in a directory, as far as it is known here: what the server told, and what it has still to be told. */
export function openHolds({ state, config, clientId }: Engine): Hold[] {
  const { open } = readKnownHolds(state);
  const told = new Set(open.map(({ id }) => id));
  const own = state.holds.list().filter(({ id }) => !told.has(id));
  return [
    ...own.map(({ sample, ...hold }) => ({
      ...hold,
      directory: config.name,
      origin: 'client' as const,
      client: clientId,
      sample: [...sample],
      decided: null,
    })),
    ...open,
  ];
}
