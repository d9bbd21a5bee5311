import type { Chunk } from '@syncpair/contracts';

/** The chunks in their order, cut so that none of the lists has more than `mostBytes`, but for a single chunk. */
export function batchChunks<One extends Chunk>(chunks: readonly One[], mostBytes: number): One[][] {
  const batches: One[][] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    const last = batches.at(-1);
    if (last === undefined || bytes + chunk.size > mostBytes) {
      batches.push([chunk]);
      bytes = chunk.size;
    } else {
      last.push(chunk);
      bytes += chunk.size;
    }
  }
  return batches;
}
