import { Minimatch } from 'minimatch';
import { GLOB_OPTIONS } from './glob-options.ts';
import type { IgnoreGlob } from './ignore-pattern.ts';
import { reachesBelow } from './reaches-below.ts';

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
    this.#own ??= new Minimatch(glob, GLOB_OPTIONS);
    return this.#own.match(scope === 'name' ? path.slice(path.lastIndexOf('/') + 1) : path);
  }

  /** True when the glob may match a path below `folder` that it would not match elsewhere. */
  reachesBelow(folder: string): boolean {
    return this.glob.scope === 'path' && reachesBelow(this.glob.glob, folder);
  }

  /** True when the glob matches every path below `folder`. */
  prunes(folder: string): boolean {
    const { prunes } = this.glob;
    if (prunes === null) return false;
    if (prunes === '') return true;
    this.#pruning ??= [new Minimatch(prunes, GLOB_OPTIONS), new Minimatch(`${prunes}/**`, GLOB_OPTIONS)];
    return this.#pruning.some((matcher) => matcher.match(folder));
  }
}
