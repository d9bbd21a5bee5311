import type { Chunk, ContentHash } from '@syncpair/contracts';

/** A chunk, and where in a content it begins, in bytes. */
export interface PlacedChunk extends Chunk {
  readonly start: number;
}

/** The different chunks of a content in their order, each where it stands first. */
export function placeChunks(chunks: readonly Chunk[]): ReadonlyMap<ContentHash, PlacedChunk> {
  const placed = new Map<ContentHash, PlacedChunk>();
  let start = 0;
  for (const chunk of chunks) {
    if (!placed.has(chunk.hash)) placed.set(chunk.hash, { ...chunk, start });
    start += chunk.size;
  }
  return placed;
}
