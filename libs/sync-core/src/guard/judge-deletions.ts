import { type DeletionWindow, type HoldLimits, guardDeletions } from './guard-deletions.ts';

/** The windows that deletions of one device add to. */
export interface DeletionWindows {
  /** Of the device that deletes; what waits in its holds counts too. */
  readonly device: DeletionWindow;
  /** Of all devices of the directory together; only what went through counts, so that nobody waits for another's hold. */
  readonly directory: DeletionWindow;
}

/**
 * The server's guard. The device alone comes first; the directory as a whole catches whoever takes another device id for every few
 * deletions.
 *
 * @returns why `incoming` more deletions must wait, in words; null when they may pass
 */
export function judgeDeletions({ device, directory }: DeletionWindows, incoming: number, limits: HoldLimits): string | null {
  const alone = guardDeletions(device, incoming, limits);
  if (alone !== null) return alone;
  const together = guardDeletions(directory, incoming, limits);
  return together === null ? null : `${together}, by all devices together`;
}
