import type { DirectoryStatus } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { State } from '../state/state.ts';

/** Tells a person of something that was recognised and dealt with: in the log now, in the status from now on. */
export function giveNotice({ log, config, state, clock }: Pick<Engine, 'log' | 'config' | 'state' | 'clock'>, message: string): void {
  log.warn(`${config.name}: ${message}`);
  state.setFact('notice', `${new Date(clock.wall()).toISOString()} ${message}`);
}

/** The latest notice, or null. */
export function readNotice(state: Pick<State, 'fact'>): NonNullable<DirectoryStatus['notice']> | null {
  const text = state.fact('notice');
  const space = text?.indexOf(' ') ?? -1;
  return text === null || space < 0 ? null : { at: text.slice(0, space), message: text.slice(space + 1) };
}
