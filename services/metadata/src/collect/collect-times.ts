import { GRANT_LIFETIME_MS, RECEIPT_LIFETIME_MS } from '@syncpair/contracts';

/** How long a collection waits before each step that cannot be taken back, in milliseconds. */
export interface CollectTimes {
  /** Between the moment when nothing referred to a content any more and its removal. */
  readonly graceMs: number;
  /** Since a copy was last put or proven, by the store's clock. */
  readonly idleMs: number;
  /** Since a volume was last added to, before it is compacted, and since it was retired, before it is removed. */
  readonly volumeMs: number;
}

const LONGEST = GRANT_LIFETIME_MS + RECEIPT_LIFETIME_MS;

/** Longer than any grant and receipt together, with room for clocks that differ. */
export const COLLECT_TIMES: CollectTimes = { graceMs: LONGEST + 15 * 60_000, idleMs: LONGEST + 15 * 60_000, volumeMs: 2 * LONGEST };
