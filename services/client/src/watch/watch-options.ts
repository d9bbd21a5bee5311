import type { RelativePath } from '@syncpair/contracts';

/** `auto`: events, and scans at each interval where the file system cannot be trusted to tell of everything. */
export const WATCH_MODES = ['auto', 'events', 'polling'] as const;
export type WatchMode = (typeof WATCH_MODES)[number];

export interface WatchOptions {
  /** Absolute. */
  readonly root: string;
  /** True for a folder that is ignored together with all that can ever be in it: it is not watched. */
  prunes(folder: RelativePath): boolean;
  /** How often folders that could not be watched are tried again, in milliseconds. */
  readonly retryMs?: number;
}
