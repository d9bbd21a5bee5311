import { Minimatch } from 'minimatch';
import type { IgnoreGlob } from './ignore-pattern.ts';

/** Equal on every platform; braces were expanded before, and nothing is a comment or a negation. */
const OPTIONS = { dot: true, nobrace: true, nocomment: true, nonegate: true, optimizationLevel: 0, platform: 'linux' } as const;

/** One glob, compiled when it is first needed: of many thousand only few ever are. */
export class GlobMatcher {
  readonly glob: IgnoreGlob;
  /** The pattern that the glob is from, as it was configured. */
  readonly text: string;
  #own: Minimatch | undefined;
  #pruning: readonly Minimatch[] | undefined;

  constructor(glob: IgnoreGlob, text: string) {
    this.glob = glob;
    this.text = text;
  }

  matches(path: string, isFolder: boolean): boolean {
    const { glob, scope, foldersOnly } = this.glob;
    if (foldersOnly && !isFolder) return false;
    this.#own ??= new Minimatch(glob, OPTIONS);
    return this.#own.match(scope === 'name' ? path.slice(path.lastIndexOf('/') + 1) : path);
  }

  /** True when the glob matches every path below `folder`. */
  prunes(folder: string): boolean {
    const { prunes } = this.glob;
    if (prunes === null) return false;
    if (prunes === '') return true;
    this.#pruning ??= [new Minimatch(prunes, OPTIONS), new Minimatch(`${prunes}/**`, OPTIONS)];
    return this.#pruning.some((matcher) => matcher.match(folder));
  }
}
