import type { Seq } from '@syncpair/contracts';

/** The history that a client's state belongs to, as it tells the server. */
export interface KnownHistory {
  /** The server it comes from; null for a client that does not know. */
  readonly server: string | null;
  /** Null for a client that has no history. */
  readonly epoch: string | null;
  readonly cursor: Seq;
  /** The mark of the commit at the cursor; null where the client knows none. */
  readonly mark: string | null;
}

/** The history that the server has. */
export interface ServedHistory {
  readonly server: string;
  readonly epoch: string;
  readonly head: Seq;
  /** The mark of the commit at the client's cursor: null where it has none, `unknown` where that commit is no longer kept. */
  readonly mark: string | null | 'unknown';
  /** Up to here the log may lack what has expired. */
  readonly dropped: Seq;
}

/**
 * - `same`: what the client knows is a part of what the server has.
 * - `none`: the client has no history.
 * - `other_server`: it comes from another server.
 * - `other_epoch`: the directory's history was replaced, and the server says so.
 * - `went_back`: the server lacks commits that the client has seen, as after the restore of an older backup.
 * - `forked`: it went back and on again: another commit stands where the client has read to.
 * - `expired`: what happened since the client's cursor has partly expired, so it could miss deletions and moves.
 */
export type HistoryVerdict = 'same' | 'none' | 'other_server' | 'other_epoch' | 'went_back' | 'forked' | 'expired';

/** Whether a client may go on from its cursor, or has to merge with a history that it does not share. */
export function judgeHistory(known: KnownHistory, served: ServedHistory): HistoryVerdict {
  if (known.server !== null && known.server !== served.server) return 'other_server';
  if (known.epoch === null) return 'none';
  if (known.epoch !== served.epoch) return 'other_epoch';
  if (known.cursor > served.head) return 'went_back';
  if (known.cursor > 0 && known.mark !== null && served.mark !== 'unknown' && known.mark !== served.mark) return 'forked';
  return known.cursor < served.dropped ? 'expired' : 'same';
}
