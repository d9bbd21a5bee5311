/** Milliseconds for which every file must have rested before it is read. */
export const SETTLE_MS = 10;
/** Milliseconds that a file which shrank to nothing or less than half must have been so: editors empty a file before they fill it. */
const SHRUNK_SETTLE_MS = 300;
/** Bytes up to which a file is read as soon as any. */
const QUICK_BYTES = 4 * 1024 * 1024;
/** Bytes beyond those for each of which a second is waited. */
const BYTES_PER_SECOND = 32 * 1024 * 1024;
/** The longest wait for the size of a file; milliseconds. */
const LONGEST_FOR_SIZE_MS = 1_000;
/** Changes that a file may make lately without a longer wait; each one above doubles it. */
const FREE_CHANGES = 8;
/** The longest wait for how often a file changes; milliseconds. */
const LONGEST_FOR_CHANGES_MS = 1_000;
/** A file that never rests is read after so many times the wait, and no sooner than that. */
const RESTLESS_WAITS = 5;
const LEAST_RESTLESS_MS = 2_000;

/** A file that looks changed. */
export interface SettlingFile {
  /** Bytes. */
  readonly size: number;
  /** Bytes that the base says; 0 for a file that is new. */
  readonly sizeBefore: number;
  /** True when something else was done to it after the last write, as whoever has written all of it does: renamed, its times or permissions set. */
  readonly isFinished: boolean;
  /** See `restlessnessAt`. */
  readonly restlessness: number;
  /** Milliseconds since it last changed in any way; below 0 where its times say nothing, as with a clock that was put back. */
  readonly rested: number;
  /** Milliseconds since it is known to have changed, or since it was last read in vain because it changed meanwhile. */
  readonly waited: number;
}

/**
 * Milliseconds after which a file is looked at again, since it may be in the middle of being written; 0: it is to be read now. A small file
 * is read at once, a large one after a while without a write, one that changes again and again less and less often, and one that never rests
 * from time to time all the same.
 */
export function settleWait(file: SettlingFile): number {
  const { rested, waited } = file;
  const needed = neededRest(file);
  if (rested < 0 || rested >= needed) return 0;
  const patience = Math.max(RESTLESS_WAITS * needed, LEAST_RESTLESS_MS) - waited;
  return patience <= 0 ? 0 : Math.ceil(Math.min(needed - rested, patience));
}

function neededRest({ size, sizeBefore, isFinished, restlessness }: SettlingFile): number {
  const forSize = isFinished ? 0 : Math.min((Math.max(size - QUICK_BYTES, 0) / BYTES_PER_SECOND) * 1000, LONGEST_FOR_SIZE_MS);
  const doublings = Math.max(Math.ceil(restlessness) - FREE_CHANGES, 0);
  const forChanges = Math.min(SETTLE_MS * 2 ** doublings, LONGEST_FOR_CHANGES_MS);
  const forShrinking = sizeBefore > 0 && size < sizeBefore / 2 ? SHRUNK_SETTLE_MS : 0;
  return Math.max(SETTLE_MS, forSize, forChanges, forShrinking);
}
