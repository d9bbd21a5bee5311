import type { Chunk } from '@syncpair/contracts';

/** Chunks from number `from` on that have `mostBytes` together at most; one in any case, where there is one. */
export function takeChunks<One extends Chunk>(chunks: readonly One[], from: number, mostBytes: number): readonly One[] {
  let end = from;
  let bytes = 0;
  do bytes += chunks[end++]?.size ?? 0;
  while (end < chunks.length && bytes + (chunks[end] as One).size <= mostBytes);
  return chunks.slice(from, end);
}
