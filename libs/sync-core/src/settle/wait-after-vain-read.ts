/** The longest wait that comes from doubling; milliseconds. */
const LONGEST_DOUBLED_MS = 2_000;
/** For so many times as long as a reading took it is not repeated: the disk is free for others two thirds of the time. */
const READINGS_TO_WAIT = 2;

/**
 * Milliseconds before a file that changed while it was read is looked at again: twice as many as the last time, and for one whose reading
 * takes long, more. `before` is the last such wait, `took` how long it was read; milliseconds.
 */
export function waitAfterVainRead({ before, took }: { readonly before: number; readonly took: number }): number {
  return Math.max(Math.min(before * 2, LONGEST_DOUBLED_MS), Math.ceil(READINGS_TO_WAIT * took));
}
