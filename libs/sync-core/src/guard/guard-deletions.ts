/** When deletions wait for a person. */
export type HoldLimits = { readonly files: number; readonly percent: number } | 'off';

/** The limits of whoever sets none. */
export const DEFAULT_HOLD_LIMITS: HoldLimits = { files: 50, percent: 50 };

/** Deletions of one device in one directory that nobody approved, over the last ten minutes. */
export interface DeletionWindow {
  /** Live files and links when the window began. */
  readonly liveAtStart: number;
  /** Deletions in the window that went through. */
  readonly passed: number;
}

/** Milliseconds over which deletions are added up. */
export const DELETION_WINDOW_MS = 10 * 60_000;
/** Removing everything waits from this many files on. */
export const ALL_OF = 20;

/** @returns why `incoming` more deletions must wait, in words; null when they may pass. */
export function guardDeletions(window: DeletionWindow, incoming: number, limits: HoldLimits): string | null {
  if (limits === 'off' || incoming === 0) return null;
  const total = window.passed + incoming;
  const { liveAtStart } = window;
  if (liveAtStart >= ALL_OF && total >= liveAtStart) return `all ${liveAtStart} files would be deleted`;
  const limit = Math.max(limits.files, Math.floor((liveAtStart * limits.percent) / 100));
  return total > limit ? `${total} of ${liveAtStart} files would be deleted within ten minutes, more than ${limit}` : null;
}
