import type { RelativePath } from '@syncpair/contracts';
import { globLiterals } from './glob-literals.ts';
import { GlobMatcher } from './glob-matcher.ts';
import { IgnoreFile, type IgnoreFileProblem } from './ignore-file.ts';
import { MAX_ALTERNATIVES_IN_ALL, parseIgnorePattern } from './ignore-pattern.ts';
import { LiteralIndex } from './literal-index.ts';

/** The name, at the root of a directory, of the rules that travel with it. */
export const IGNORE_FILE_NAME = '.syncpairignore';

export interface IgnoreRules {
  /** True when nothing is ignored, whatever its path. */
  readonly isEmpty: boolean;
  /** True when the entry at `path` does not take part. Says nothing about what lies below it. */
  ignores(path: RelativePath, kind: 'file' | 'dir' | 'link'): boolean;
  /** True when everything below `folder` is ignored, so that a scan need not enter it. False does not mean that anything there takes part. */
  prunes(folder: RelativePath): boolean;
  /** True when something may be ignored below `from` because of where it lies, and not below `to`. */
  revealsBelow(from: RelativePath, to: RelativePath): boolean;
  /** What makes `ignores` true, in words for a user; null when it is false. */
  cause(path: RelativePath, kind: 'file' | 'dir' | 'link'): string | null;
  /** Equal for rules that decide equally by their text, whatever the order and number of the configured patterns. */
  readonly fingerprint: string;
  /** Lines of the ignore file that are left out. */
  readonly problems: readonly IgnoreFileProblem[];
}

export interface IgnoreInput {
  /** The configured patterns, each of which `parseIgnorePattern` accepts. */
  readonly patterns: readonly string[];
  /** The text of the ignore file, or null where there is none. */
  readonly ignoreFile: string | null;
}

/**
 * The rules in force for one directory: an entry is ignored when any configured pattern or the ignore file says so. The ignore file itself
 * never is: a member without it would go by other rules than its team.
 *
 * @throws RangeError for a pattern that does not parse; a configuration with such a pattern is refused earlier.
 */
export function compileIgnoreRules(input: IgnoreInput): IgnoreRules {
  const patterns = [...new Set(input.patterns)].sort();
  const matchers = patterns.flatMap(matchersOf);
  if (matchers.length > 2 * MAX_ALTERNATIVES_IN_ALL)
    throw new RangeError(`the ignore patterns stand for more than ${MAX_ALTERNATIVES_IN_ALL} patterns`);
  const index = new LiteralIndex(matchers, (matcher) => globLiterals(matcher.glob.prunes ?? matcher.glob.glob));
  const file = new IgnoreFile(input.ignoreFile ?? '');

  const cause = (path: RelativePath, kind: 'file' | 'dir' | 'link'): string | null => {
    if (path === IGNORE_FILE_NAME) return null;
    const isFolder = kind === 'dir';
    const matcher = index.candidates(path).find((candidate) => candidate.matches(path, isFolder));
    if (matcher !== undefined) return `the configured pattern "${matcher.text}"`;
    const rule = file.ruleFor(path, isFolder);
    return rule === null ? null : `line ${rule.line} of ${IGNORE_FILE_NAME}, "${rule.text}"`;
  };
  return {
    isEmpty: matchers.length === 0 && file.rules.length === 0,
    cause,
    ignores: (path, kind) => cause(path, kind) !== null,
    prunes: (folder) => index.candidates(folder).some((candidate) => candidate.prunes(folder)) || file.ruleFor(folder, true) !== null,
    revealsBelow: (from, to) => matchers.some((matcher) => matcher.reachesBelow(from)) || file.revealsBelow(from, to),
    fingerprint: JSON.stringify([patterns, file.rules]),
    problems: file.problems,
  };
}

function matchersOf(pattern: string): GlobMatcher[] {
  const result = parseIgnorePattern(pattern);
  if (!result.ok) throw new RangeError(`the ignore pattern "${pattern}" is refused: ${result.reason}`);
  return result.value.globs.map((glob) => new GlobMatcher(glob, pattern));
}
