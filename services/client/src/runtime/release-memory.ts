import { collectGarbage } from './collect-garbage.ts';
import { trimHeap } from './trim-heap.ts';

/** Gives back to the system what this thread and the libraries below it hold and do not use. */
export function releaseMemory(): void {
  collectGarbage();
  trimHeap();
}
