import type { PartName } from '../options/parts.ts';

/** One part as it is kept in bench/out. */
export interface PartRecord {
  readonly part: PartName;
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string;
  readonly command: string;
  /** The commit that was measured, with `+` where files differed from it; null outside of a repository. */
  readonly commit: string | null;
  readonly machine: Machine;
  /** Load of the machine, over one minute, before and after. */
  readonly load: readonly [number, number];
  /** What failed; the rest of the part has its figures. */
  readonly failures: readonly string[];
  readonly figures: unknown;
}

export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
}
