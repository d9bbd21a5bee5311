import type { RelativePath } from '@syncpair/contracts';
import fc from 'fast-check';
import ignore from 'ignore';
import { braceExpand, minimatch } from 'minimatch';
import { expect, test } from 'vitest';
import { globLiterals } from './glob-literals.ts';
import { parseIgnorePattern } from './ignore-pattern.ts';
import { compileIgnoreRules } from './ignore-rules.ts';

/** A failure prints its seed and path; `SEED=… PATH_OF_FAILURE=… npx vitest run` with this file replays it. */
const env = (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env ?? {};
const runs: fc.Parameters<unknown> = {
  numRuns: Number(env['RUNS'] ?? 500),
  ...(env['SEED'] === undefined ? {} : { seed: Number(env['SEED']), path: env['PATH_OF_FAILURE'] ?? '' }),
};

const OPTIONS = { dot: true, nobrace: true, nocomment: true, nonegate: true, platform: 'linux' } as const;

/** Few different pieces, so that patterns and paths often meet. */
const piece = fc.constantFrom('a', 'b', 'ab', 'abc', 'bca', '.a', '.', 'x y', '😀', 'ü', '\n', '-', '1');
const name = fc
  .array(piece, { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/') as RelativePath);
const kind = fc.constantFrom('file', 'dir', 'link');

const globPiece = fc.oneof(
  { weight: 4, arbitrary: piece },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '*',
      '**',
      '?',
      '*',
      '[ab]',
      '[!a]',
      '[a-c.]',
      '[[:alpha:]]',
      '\\*',
      '\\a',
      '+(a|b)',
      '@(ab)',
      '!(a)',
      '?(b)',
      '*(ab)',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('{a,b}', '{a,b/c}', '{,a}', '!', '#', ' ', '{1..2}') },
);
const globName = fc.oneof(
  fc.constant('**'),
  fc.array(globPiece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
);
const pattern = fc
  .tuple(fc.constantFrom('', '', '/'), fc.array(globName, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '/', '/**'))
  .map(([start, names, end]) => `${start}${names.join('/')}${end}`)
  // No path has such names, so that a pattern with one matches nothing, while minimatch resolves them first.
  .filter(
    (text) => parseIgnorePattern(text).ok && !braceExpand(text).some((one) => one.split('/').some((part) => part === '.' || part === '..')),
  );

/** The specification's meaning of one pattern, straight from minimatch. */
function matchesPlainly(text: string, at: string, isFolder: boolean): boolean {
  return braceExpand(text).some((alternative) => {
    const foldersOnly = alternative.endsWith('/');
    if (foldersOnly && !isFolder) return false;
    const bare = alternative.replaceAll(/\/+/g, '/').replace(/\/$/, '');
    if (!bare.includes('/')) return minimatch(at.slice(at.lastIndexOf('/') + 1), bare, OPTIONS);
    const anchored = bare.replace(/^\/+/, '');
    const folder = anchored.replace(/(\/\*\*)+$/, '');
    return minimatch(at, anchored, OPTIONS) || (isFolder && folder !== anchored && minimatch(at, folder, OPTIONS));
  });
}

/** Enough that nothing tries each, of which none matches: what the index loses shows, and no other pattern hides it. */
const FILLERS = Array.from({ length: 20 }, (_, index) => `filler${index}`);
const fillers = fc.constantFrom<readonly string[]>([], FILLERS);

test('configured patterns, few or many, decide as plain minimatch does (R23)', () => {
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(path, kind), { minLength: 1, maxLength: 20 }),
      fillers,
      (patterns, entries, others) => {
        const rules = compileIgnoreRules({ patterns: [...patterns, ...others], ignoreFile: null });
        for (const [at, of] of entries) {
          if (at === '.syncpairignore') continue;
          const expected = patterns.filter((text) => matchesPlainly(text, at, of === 'dir'));
          expect({ at, of, ignored: rules.ignores(at, of) }, `by ${JSON.stringify(expected)}`).toEqual({
            at,
            of,
            ignored: expected.length > 0,
          });
        }
      },
    ),
    runs,
  );
});

test('what a folder is left out for holds for everything below it', () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), path, path, kind, (patterns, folder, below, of) => {
      const rules = compileIgnoreRules({ patterns, ignoreFile: null });
      fc.pre(rules.prunes(folder));
      expect(rules.ignores(`${folder}/${below}` as RelativePath, of)).toBe(true);
    }),
    runs,
  );
});

test('every path that a glob matches holds all its literals', () => {
  fc.assert(
    fc.property(globName, globName, path, (first, second, at) => {
      for (const glob of [`${first}/${second}`, first]) {
        const matched = minimatch(at, glob, OPTIONS) || minimatch(at.slice(at.lastIndexOf('/') + 1), glob, OPTIONS);
        if (matched) for (const literal of globLiterals(glob)) expect(at, glob).toContain(literal);
      }
    }),
    runs,
  );
});

const ruleName = fc.oneof(
  fc.constant('**'),
  fc
    .array(fc.oneof(piece, fc.constantFrom('*', '?', '[ab]', '[!a]', '\\*', '\\a', '\\ ', ' ', '\t', '**')), { minLength: 1, maxLength: 3 })
    .map((pieces) => pieces.join('')),
);
const rule = fc
  .tuple(
    fc.constantFrom('', '', '!', '\\!', '/'),
    fc.array(ruleName, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/', '/**', ' ', '\\ '),
  )
  .map(([start, names, end]) => `${start}${names.join('/')}${end}`)
  .filter((text) => !text.includes('\n'));

test('an ignore file, short or long, decides as the plain gitignore library does (R23)', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(path, fc.boolean()), { minLength: 1, maxLength: 20 }),
      fillers,
      (lines, entries, others) => {
        const rules = compileIgnoreRules({ patterns: [], ignoreFile: [...lines, ...others].join('\n') });
        const leftOut = new Set(rules.problems.map(({ line }) => line));
        const plain = ignore({ ignorecase: false }).add(lines.filter((_, index) => !leftOut.has(index + 1)));
        for (const [at, isFolder] of entries) {
          if (at === '.syncpairignore') continue;
          const ignored = rules.ignores(at, isFolder ? 'dir' : 'file');
          expect({ at, isFolder, ignored }).toEqual({ at, isFolder, ignored: plain.ignores(isFolder ? `${at}/` : at) });
        }
      },
    ),
    runs,
  );
});

test('what an ignored folder holds is ignored, whatever the exceptions', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), path, path, kind, (lines, folder, below, of) => {
      const rules = compileIgnoreRules({ patterns: [], ignoreFile: lines.join('\n') });
      fc.pre(rules.prunes(folder));
      expect(rules.ignores(`${folder}/${below}` as RelativePath, of)).toBe(true);
    }),
    runs,
  );
});
