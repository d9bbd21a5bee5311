import type { Seq } from '@syncpair/contracts';

/** What a device's process tells of itself. */
export interface ClaimedRun {
  /** Random, for each start of a client. */
  readonly id: string;
  /** The runs before it, from the last one that the server has answered on. */
  readonly follows: readonly string[];
  /** The client knows that its state may be an old one, and deletes or replaces nothing on its word. */
  readonly rejoins: boolean;
  readonly cursor: Seq;
}

/** What the server last heard of a device. */
export interface RememberedRun {
  /** Null of a client of the time before runs. */
  readonly id: string | null;
  readonly cursor: Seq;
}

/**
 * - `accepted`: the run follows the last one, or is it.
 * - `old_state`: the device has done something that this state does not know of. At the first contact of a run it is an older state, as after
 *   the restore of a backup; later it is a clone that has begun to work.
 */
export type RunVerdict = 'accepted' | 'old_state';

/** Whether a run of a client goes on from where its device was. */
export function judgeRun(claimed: ClaimedRun, remembered: RememberedRun | null): RunVerdict {
  if (remembered === null || remembered.id === null || remembered.id === claimed.id || claimed.rejoins) return 'accepted';
  return claimed.follows.includes(remembered.id) && claimed.cursor >= remembered.cursor ? 'accepted' : 'old_state';
}
