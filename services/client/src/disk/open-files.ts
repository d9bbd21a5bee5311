import { readFileSync } from 'node:fs';

/** What a process has open besides what it works on: its threads, its state, its connections, what starting another process takes. */
const OWN_USE = 52;

/**
 * How many folders and files may be kept open at once for later use: `wanted`, or fewer where this process may not open many files. Never
 * less than 4.
 */
export const keepOpen = (wanted: number): number => shareOf(limit, wanted);

/** Half of what is left of a limit goes to each of the two that keep something open: folders on a way, and folders to be flushed. */
export function shareOf(limitOfProcess: number, wanted: number): number {
  return Math.max(4, Math.min(wanted, Math.floor((limitOfProcess - OWN_USE) / 2)));
}

/** `ulimit -n` of this process; endless where nothing tells. */
const limit = readLimit();

function readLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // Only Linux has such a file; elsewhere the usual limits are far above what is wanted here.
    return Number.POSITIVE_INFINITY;
  }
}
