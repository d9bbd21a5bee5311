import type { RelativePath } from '@syncpair/contracts';

/**
 * Tells where something may have changed. Hints may come late, twice, or not at all; the scan decides what is true.
 */
export interface Watcher {
  /**
   * Begins to watch. `onHint` is called from then on; folders that appear later are watched by themselves. Resolves when every folder
   * that exists now is watched or given up.
   */
  start(onHint: (hint: WatchHint) => void): Promise<void>;

  /** The part of the known folders that is watched, 0 to 1. */
  coverage(): number;

  /** Why not everything is watched, in words for the user; null while everything is. */
  reason(): string | null;

  /** Folders that could not be watched; null is the root. They need scanning. */
  uncovered(): ReadonlySet<RelativePath | null>;

  close(): Promise<void>;
}

export type WatchHint =
  /** Something happened at this path. */
  | { readonly kind: 'path'; readonly path: RelativePath }
  /** Something happened somewhere directly in this folder; null is the root. */
  | { readonly kind: 'folder'; readonly folder: RelativePath | null }
  /** Events were lost (overflow, limit reached): anything may have changed. */
  | { readonly kind: 'lost'; readonly reason: string };
