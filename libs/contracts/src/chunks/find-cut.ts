import type { ChunkSizes } from './chunk-sizes.ts';
import { CutFinder } from './cut-finder.ts';

/**
 * Where the chunk ends that begins at `start`; `end` when it has no cut before. Only an `end` that lies `sizes.max` behind `start`, or is
 * the end of the content, gives the chunk that everyone cuts.
 */
export function findCut(bytes: Uint8Array, start: number, end: number, sizes: ChunkSizes): number {
  const cut = new CutFinder(sizes).find(bytes, start, end);
  return cut === -1 ? end : cut;
}
