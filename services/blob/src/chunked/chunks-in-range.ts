import type { Chunk } from '@syncpair/contracts';
import type { ByteRange } from '../blobs/byte-range.ts';

/** The chunks that a range of a content touches. */
export interface TouchedChunks {
  readonly chunks: readonly Chunk[];
  /** Bytes of the first one that lie before the range. */
  readonly skip: number;
}

export function chunksInRange(all: readonly Chunk[], { start, end }: ByteRange): TouchedChunks {
  const chunks: Chunk[] = [];
  let [place, skip] = [0, 0];
  for (const chunk of all) {
    const next = place + chunk.size;
    if (next > start && place < end) {
      if (chunks.length === 0) skip = start - place;
      chunks.push(chunk);
    }
    place = next;
  }
  return { chunks, skip };
}
