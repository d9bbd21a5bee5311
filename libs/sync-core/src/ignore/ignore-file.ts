import type { RelativePath } from '@syncpair/contracts';
import ignore, { type Ignore } from 'ignore';
import { globLiterals } from './glob-literals.ts';
import { LiteralIndex } from './literal-index.ts';
import { reachesBelow } from './reaches-below.ts';

/** Characters of one line. */
const MAX_LINE_LENGTH = 1024;
/** Lines that count. */
const MAX_RULES = 10_000;
/** `**` between two slashes, of one line: each multiplies the time by the depth of the tree. */
const MAX_INNER_GLOBSTARS = 2;
/** The matchers remember each path they were asked about; they are made anew after so many. */
const QUESTIONS_PER_MATCHER = 5_000;
const MAX_MATCHERS = 200;

interface Rule {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** A line of an ignore file that is left out, and why. */
export interface IgnoreFileProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * The rules of a `.syncpairignore`: those of gitignore, upper and lower case distinguished. The last line that matches decides, and what
 * lies in an ignored folder is ignored. A line that would be slow on a deep tree, or that git takes as a mistake, is left out and reported:
 * whoever wrote it may be another member of the team, so it cannot stop this one.
 */
export class IgnoreFile {
  readonly problems: readonly IgnoreFileProblem[];
  /** The lines in force, in their order. */
  readonly rules: readonly string[];
  readonly #index: LiteralIndex<Rule>;
  /** By the lines they hold: rules that no part of a path can match do not change what the others say of it. */
  readonly #matchers = new Map<string, { readonly matcher: Ignore; questions: number }>();

  constructor(text: string) {
    const { rules, problems } = parseLines(text);
    this.problems = problems;
    this.rules = rules.map((rule) => rule.text);
    this.#index = new LiteralIndex(rules, (rule) => globLiterals(rule.text.replace(/^!/, '').replace(/ +$/, '')));
  }

  /** The line because of which a path is ignored, or null. */
  ruleFor(path: RelativePath, isFolder: boolean): Rule | null {
    const candidates = this.#index.candidates(path);
    if (candidates.length === 0) return null;
    const { rule } = this.#matcherOf(candidates).test(isFolder ? `${path}/` : path);
    return rule === undefined ? null : { line: Number(rule.mark), text: rule.pattern };
  }

  /** True when something may be ignored below `from` because of where it lies, and not below `to`. */
  revealsBelow(from: RelativePath, to: RelativePath): boolean {
    return this.rules.some((text) => {
      const path = text.replace(/^!/, '').replace(/ +$/, '').replace(/\/$/, '');
      return path.includes('/') && reachesBelow(path.replace(/^\//, ''), text.startsWith('!') ? to : from);
    });
  }

  #matcherOf(rules: readonly Rule[]): Ignore {
    const key = rules.map((rule) => rule.line).join();
    const known = this.#matchers.get(key);
    if (known !== undefined && known.questions++ < QUESTIONS_PER_MATCHER) return known.matcher;
    if (this.#matchers.size >= MAX_MATCHERS) this.#matchers.clear();
    const matcher = ignore({ ignorecase: false });
    for (const rule of rules) matcher.add({ pattern: rule.text, mark: String(rule.line) });
    this.#matchers.set(key, { matcher, questions: 1 });
    return matcher;
  }
}

function parseLines(text: string): { rules: Rule[]; problems: IgnoreFileProblem[] } {
  const rules: Rule[] = [];
  const problems: IgnoreFileProblem[] = [];
  for (const [index, untrimmed] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const raw = untrimmed.replace(/\r+$/, '');
    if (raw.trim() === '' || raw.startsWith('#')) continue;
    if (rules.length === MAX_RULES) {
      problems.push({ line, message: `only the first ${MAX_RULES} rules count; this line and all after it are left out` });
      break;
    }
    const rule = raw.replace(/(?<=^|\/)(?:\*\*\/){2,}/g, '**/');
    const reason = refusalOf(rule);
    if (reason === null) rules.push({ line, text: rule });
    else problems.push({ line, message: `"${raw.slice(0, 80)}" is left out: ${reason}` });
  }
  return { rules, problems };
}

function refusalOf(rule: string): string | null {
  if (rule.length > MAX_LINE_LENGTH) return `it is longer than ${MAX_LINE_LENGTH} characters`;
  if ((rule.match(/\/\*{2,}(?=\/)/g) ?? []).length > MAX_INNER_GLOBSTARS) return `it has more than ${MAX_INNER_GLOBSTARS} "/**/"`;
  if (/(?<!\\)(?:\\\\)*\[[^\]]*$/.test(rule)) return 'a "[" has no "]"';
  if (/(?<!\\)(?:\\\\)*\\$/.test(rule)) return 'it ends with a backslash';
  return null;
}
