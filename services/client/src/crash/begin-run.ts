import { type LastEnd, lastEnd } from '@syncpair/sync-core';
import type { State } from '../state/state.ts';

/** What is noted where the platform does not name its boots. */
const UNKNOWN_BOOT = 'unknown';

/** One run of a client on a folder, as its state knows it. */
export interface Run {
  /** Of the run before. */
  readonly lastEnd: LastEnd;
  /** What the run before left uncertain is dealt with; from here on the note in the state is about this run. */
  readonly begun: () => void;
  /**
   * Takes the note back, once `flush` says that all is on the disk. Called before the state is closed.
   *
   * @returns false when the note has to stay: the next start takes the careful way if the machine goes down before it
   */
  readonly end: (flush: () => Promise<boolean>) => Promise<boolean>;
}

/**
 * Notes that a client is at work on the folder, durable. After a power cut the old note stays until `begun` is called, so that a kill in
 * between does not hide it.
 */
export function beginRun(state: State, boot: string | null): Run {
  const last = lastEnd(state.fact('running'), boot);
  let settled = last !== 'cut';
  const note = (): void => state.durably(() => state.setFact('running', boot ?? UNKNOWN_BOOT));
  if (settled) note();
  return {
    lastEnd: last,
    begun: () => {
      settled = true;
      note();
    },
    end: async (flush) => {
      if (!settled || !(await flush())) return false;
      try {
        state.durably(() => state.setFact('running', null));
        return true;
      } catch (error) {
        // A disk that is full is no reason to end otherwise than asked for.
        if ((error as { errcode?: number }).errcode === undefined) throw error;
        return false;
      }
    },
  };
}
