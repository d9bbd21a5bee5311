import type { RelativePath } from '@syncpair/contracts';

export interface WatchOptions {
  /** Absolute. */
  readonly root: string;
  /** True for a folder that is ignored together with all that can ever be in it: it is not watched. */
  prunes(folder: RelativePath): boolean;
  /** How often folders that could not be watched are tried again, in milliseconds. */
  readonly retryMs?: number;
}
