import { type Parsed, parsed, refused } from '@syncpair/contracts';
import { braceExpand } from 'minimatch';

/** Characters of one pattern. */
export const MAX_PATTERN_LENGTH = 1024;
/** Alternatives that the braces of one pattern may expand to. */
export const MAX_ALTERNATIVES = 1_000;
/** Alternatives of all patterns of one directory. */
export const MAX_ALTERNATIVES_IN_ALL = 50_000;

/** One glob of a pattern, without braces and without slashes at either end. */
export interface IgnoreGlob {
  readonly glob: string;
  /** `name`: matched against the last name of a path, at any depth. `path`: against the whole path. */
  readonly scope: 'name' | 'path';
  /** True when only folders can match. */
  readonly foldersOnly: boolean;
  /** A folder that matches this glob has nothing but ignored paths below it; the empty glob stands for the root. Null: no such folder. */
  readonly prunes: string | null;
}

/** A configured pattern that was checked. */
export interface IgnorePattern {
  readonly text: string;
  readonly globs: readonly IgnoreGlob[];
}

/**
 * Parses a configured ignore pattern. It has the meaning of the specification:
 *
 * - without a slash it matches an entry of that name at any depth, and nothing below it (`*.tmp`, `node_modules`);
 * - with one it is a path from the root, where `**` stands for any number of folders (`docs/*.bak`, `/.git`, and `.git` at any depth by two stars in front);
 * - a slash at the end, `dir/`, restricts it to folders, and counts for nothing else: the entry `dir` at any depth, not what is in it;
 * - two stars at the end, as in `dir` followed by a slash and two stars, mean the folder and all in it.
 *
 * Names that begin with a dot match like others; upper and lower case differ; `!` and `#` at the start are part of the name; a backslash
 * takes the meaning from the next character, on every platform. Braces are expanded first, each alternative stands for itself.
 */
export function parseIgnorePattern(text: string): Parsed<IgnorePattern> {
  if (text.length > MAX_PATTERN_LENGTH) return refused(`it is longer than ${MAX_PATTERN_LENGTH} characters`);
  if (!text.isWellFormed()) return refused('it is not valid Unicode');
  if (text.includes('\0')) return refused('it contains a NUL');
  const braces = checkBraces(text);
  if (braces !== null) return refused(braces);
  const alternatives = braceExpand(text, { braceExpandMax: MAX_ALTERNATIVES + 1 });
  if (alternatives.length > MAX_ALTERNATIVES)
    return refused(`its braces stand for more than ${MAX_ALTERNATIVES} patterns; list what you mean, or use "*"`);
  const globs: IgnoreGlob[] = [];
  for (const alternative of new Set(alternatives)) {
    const reason = addGlobs(alternative, globs);
    if (reason !== null) return refused(reason);
  }
  return parsed({ text, globs });
}

/** @returns why braces or brackets do not fit together, or null */
function checkBraces(text: string): string | null {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') at = Math.max(at, classEnd(text, at));
    else if (text[at] === '{') open++;
    else if (text[at] === '}' && open > 0) open--;
  }
  return open > 0 ? 'a "{" has no "}"; write "\\{" where you mean the character itself' : null;
}

/** The index of the `]` that ends the class which begins at `start`, or -1. */
function classEnd(text: string, start: number): number {
  let at = start + 1;
  if (text[at] === '!' || text[at] === '^') at++;
  for (const first = at; at < text.length; at++) {
    if (text[at] === ']' && at > first) return at;
    const posix = text[at] === '[' ? /^\[:[a-z]+:\]/.exec(text.slice(at, at + 12)) : null;
    if (posix !== null) at += posix[0].length - 1;
    else if (text[at] === '\\') at++;
  }
  return -1;
}

function hasOpenClass(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    if (name[at] === '\\') at++;
    else if (name[at] === '[') {
      const end = classEnd(name, at);
      if (end < 0) return true;
      at = end;
    }
  }
  return false;
}

/** @returns why `alternative` is no pattern, or null */
function addGlobs(alternative: string, globs: IgnoreGlob[]): string | null {
  if (alternative === '') return 'it is empty';
  const names = alternative.split(/\/+/);
  if (names.some(hasOpenClass)) return 'a "[" has no "]" in the same name; write "\\[" where you mean the character itself';
  const anchored = names[0] === '';
  if (anchored) names.shift();
  const foldersOnly = names.at(-1) === '';
  if (foldersOnly) names.pop();
  if (names.length === 0) return 'it names nothing; write "**" to ignore everything';
  const steps = names.filter((name, at) => name !== '**' || names[at - 1] !== '**');
  const glob = steps.join('/');
  const scope = anchored || steps.length > 1 ? 'path' : 'name';
  const below = glob === '*' && anchored ? null : belowOf(steps);
  globs.push({ glob, scope, foldersOnly, prunes: foldersOnly ? null : below });
  // By itself a glob such as X/** matches what is in X only.
  if (scope === 'path' && steps.at(-1) === '**' && below !== null && below !== '') {
    globs.push({ glob: below, scope: 'path', foldersOnly: true, prunes: null });
  }
  return null;
}

/** The glob of the folders in which everything matches. */
function belowOf(steps: readonly string[]): string | null {
  if (steps.at(-1) === '**') return steps.slice(0, -1).join('/');
  if (steps.at(-1) === '*' && (steps.length === 1 || steps.at(-2) === '**')) return steps.slice(0, -2).join('/');
  return null;
}
