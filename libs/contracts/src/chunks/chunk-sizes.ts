/** Bytes from which a content travels and lies as chunks. */
export const CHUNKED_BYTES = 4 * 1024 * 1024;
/** Bytes of the largest chunk, which so still fits into one frame. */
export const MAX_CHUNK_BYTES = 1024 * 1024;
/** Bytes that the chunks of a manifest have at least on average, its last one apart. */
export const MIN_CHUNK_BYTES = 64 * 1024;

/** How a content is cut. */
export interface ChunkSizes {
  /** Bytes that every chunk but the last has at least. */
  readonly min: number;
  /** Bytes up to which a cut is rare, and after which it is likely. A power of two. */
  readonly average: number;
  /** Bytes after which a chunk is cut whatever it holds. */
  readonly max: number;
}

const COMMON: ChunkSizes = { min: MIN_CHUNK_BYTES, average: 256 * 1024, max: MAX_CHUNK_BYTES };
const COARSE: ChunkSizes = { min: 128 * 1024, average: 512 * 1024, max: MAX_CHUNK_BYTES };
/** Bytes above which chunks are larger, so that manifests stay small. */
const COARSE_ABOVE = 16 * 1024 ** 3;

/** How a content of so many bytes is cut: every client cuts it alike. */
export function chunkSizesOf(size: number): ChunkSizes {
  return size > COARSE_ABOVE ? COARSE : COMMON;
}
