import type { PartName } from './parts.ts';

/** What one run of `npm run bench` is to do. Sizes are whole numbers. */
export interface Options {
  readonly isQuick: boolean;
  readonly parts: readonly PartName[];
  /** Folder for temporary folders; null: that of the system. */
  readonly work: string | null;
  /** Folder in which the parts are kept; null: that of the bench. */
  readonly out: string | null;
  /** Folder for profiles of what is measured; null: none. */
  readonly profile: string | null;
  /** Files of each tree, ascending. */
  readonly trees: readonly number[];
  readonly saves: number;
  readonly restSeconds: number;
  readonly scanFiles: number;
  readonly bigMib: number;
  readonly cutMib: number;
  readonly cuts: number;
  readonly cutBytesPerSecond: number;
  readonly seed: number;
  readonly clients: number;
  readonly loadSeconds: number;
  readonly connections: number;
  /** Arguments for compare.py. */
  readonly comparison: readonly string[];
}
