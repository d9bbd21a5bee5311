/** One text of one source file that becomes another. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A mistake that somebody could make, and the tests that must see it. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Files of tests: green without the mutant, red with it. */
  readonly specs: readonly string[];
  /** Only tests whose name matches. */
  readonly tests?: string;
  /** The tests run bundles, which have to be built anew. */
  readonly build?: true;
}
