/** What compare.py writes with `--json`, as far as it is read here. */
export interface Comparison {
  readonly environment: { readonly versions: Readonly<Record<string, string>> };
  readonly parameters: ComparisonSizes;
  readonly tree: { readonly files: number; readonly bytes: number };
  readonly notes: readonly string[];
  readonly summary: Readonly<Record<string, Readonly<Record<string, ComparedFigure>>>>;
  /** Milliseconds of each edit of 1 KB, by system. */
  readonly latencies?: Readonly<Record<string, readonly number[]>>;
}

/** Sizes that were measured; compare.py names them so. */
export interface ComparisonSizes {
  readonly files: number;
  readonly edits: number;
  readonly burst_files: number;
  readonly big_mib: number;
  readonly rename_files: number;
  readonly memory_files: number;
  readonly idle_seconds: number;
  readonly rounds: number;
}

export interface ComparedFigure {
  readonly label: string;
  readonly systems: Readonly<Record<string, { readonly median: number }>>;
}
