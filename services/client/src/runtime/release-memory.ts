import { trimHeap } from './trim-heap.ts';

/**
 * Gives back to the system what this thread and the libraries below it hold and do not use. Garbage is collected where Node was started with
 * `--expose-gc`, as `bin/syncpair` does: an ordinary collection keeps the pages it has emptied, the last resort before memory runs out gives
 * them back.
 */
export function releaseMemory(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  trimHeap();
}
