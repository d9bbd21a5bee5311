import type { ContentHash } from '@syncpair/contracts';

/**
 * What is wrong with a server's storage.
 *
 * - `missing`: versions name a content whose bytes are nowhere.
 * - `damaged`: the bytes of a content that versions name have another hash or size.
 * - `lost`: a missing or damaged content that an earlier repair has given up; clients that have it are asked for it.
 * - `misplaced`: the bytes are there, the row of the content says another place, or none.
 * - `pack`, `index`: files of the blob store are not well-formed.
 * - `row`: rows of the database contradict each other.
 */
export interface FsckProblem {
  readonly kind: 'missing' | 'damaged' | 'lost' | 'misplaced' | 'pack' | 'index' | 'row';
  /** Of a content. */
  readonly hash: ContentHash | null;
  /** A place in the store, or `DIRECTORY: PATH` of some versions. */
  readonly places: readonly string[];
  /** For people. */
  readonly message: string;
  /** Mended just now: nothing more has to be done. */
  readonly repaired: boolean;
}

export interface FsckReport {
  /** Contents whose bytes were read. */
  contents: number;
  /** Bytes of those. */
  bytes: number;
  /** At most so many as the caller asked for; `found` counts all. */
  readonly problems: FsckProblem[];
  /** Problems, also those that are not listed. */
  found: number;
  /** Of these, those that are mended now. */
  repaired: number;
  /** Things in nobody's way: contents and files that nothing refers to. */
  debris: number;
}
