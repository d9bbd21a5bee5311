import type { ContentHash } from '@syncpair/contracts';
import type { ContentAddress, StoredContent } from './content-store.ts';

/** A group of contents that the store can remove only as one. */
export interface Volume {
  readonly id: string;
  /** Bytes on the store's disk. */
  readonly bytes: number;
}

/**
 * What garbage collection and `fsck` need of the blob service, beside the requests. Times are by the store's own clock, so that no other one
 * has to agree with it.
 */
export interface ContentUpkeep {
  /**
   * Removes the copies of these contents that stand alone. Spares those that were put, or proven by a put, within the last `idleMs`
   * milliseconds, and tells them.
   */
  remove(hashes: readonly ContentHash[], idleMs: number): Promise<readonly ContentHash[]>;
  /** Every content that stands alone, or all; the bytes are not read. */
  list(which: 'alone' | 'all'): AsyncIterable<StoredContent>;
  /** Volumes that are not added to any more, and were not for `idleMs` milliseconds. */
  volumes(idleMs: number): AsyncIterable<Volume>;
  /** Every content of a volume, not verified. */
  contentsOf(volume: string): AsyncIterable<StoredContent>;
  /** Copies small contents to where new ones go, durable and verified; what is missing or damaged is left out. */
  rewrite(contents: readonly ContentAddress[]): Promise<readonly StoredContent[]>;
  removeVolume(volume: string): Promise<void>;
}
