import type { RelativePath } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import { type IgnoreRules, compileIgnoreRules } from './ignore-rules.ts';

const compile = (patterns: readonly string[], ignoreFile: string | null = null): IgnoreRules =>
  compileIgnoreRules({ patterns, ignoreFile });

/** Paths as the tables write them: a slash at the end for a folder, an `@` for a link. */
function ignores(rules: IgnoreRules, path: string): boolean {
  const kind = path.endsWith('/') ? 'dir' : path.endsWith('@') ? 'link' : 'file';
  return rules.ignores(path.replace(/[/@]$/, '') as RelativePath, kind);
}

type Row = readonly [pattern: string, ignored: readonly string[], kept: readonly string[]];

/** "Exclude Patterns", line by line. */
const EXCLUDE_PATTERNS: readonly Row[] = [
  ['*.tmp', ['a.tmp', '.tmp', '.x.tmp', 'a/b/c.tmp', 'x.tmp/', 'x.tmp@'], ['a.tmp.txt', 'a.TMP', 'tmp', 'x.tmp/inside']],
  ['*.log', ['a.log', 'deep/er/a.log'], ['log', 'a.logs', 'a.log.gz']],
  [
    'node_modules/**',
    ['node_modules/', 'node_modules/x', 'node_modules/.bin/y', 'node_modules/a/b/'],
    ['node_modules', 'node_modules@', 'sub/node_modules/', 'sub/node_modules/x', 'node_modules2/x'],
  ],
  ['target/**', ['target/', 'target/debug/', 'target/debug/app'], ['crate/target/', 'crate/target/app']],
  [
    '**/.git/**',
    ['.git/', '.git/config', '.git/objects/ab/cd', 'sub/.git/', 'a/b/.git/HEAD'],
    ['.gitignore', 'sub/.gitmodules', '.git', 'sub/.git', 'git/config', '.github/x'],
  ],
  ['**/.venv/**', ['.venv/', '.venv/bin/python', 'a/.venv/', 'a/.venv/lib/x'], ['venv/x', 'a/.venv2/x']],
  ['*.DS_Store', ['.DS_Store', 'a/.DS_Store', 'x.DS_Store'], ['DS_Store', '.DS_Store2']],
  ['temp/**', ['temp/', 'temp/file.txt', 'temp/subdir/file.txt', 'temp/subdir/'], ['temp', 'a/temp/', 'a/temp/file.txt', 'temporary/x']],
  ['*.bak', ['x.bak', '.bak', 'a/x.bak'], ['x.bak2']],
  ['build/**', ['build/', 'build/a', 'build/a/b'], ['a/build/x', 'build.txt']],
  ['*.cache', ['x.cache', '.cache', '.cache/', 'a/.cache'], ['.cache/x', 'cache']],
  ['.env', ['.env', 'a/b/.env', '.env/'], ['.env.local', 'env', '.env/x']],
];

/** "Common Pattern Mistakes": what the crossed-out lines do, and what the ticked ones do. */
const MISTAKES: readonly Row[] = [
  ['**/*.venv', ['.venv/', 'a/.venv', 'a/x.venv'], ['.venv/bin', 'a/.venv/lib/x', 'x.venv2']],
  ['/.git', ['.git', '.git/'], ['sub/.git', 'sub/.git/', '.git/config', '.gitignore']],
  ['.venv/', ['.venv/', 'a/.venv/'], ['.venv', '.venv/x', 'a/.venv/x', '.venv@']],
  ['node_modules', ['node_modules', 'node_modules/', 'a/node_modules/', 'node_modules@'], ['node_modules/x', 'a/node_modules/x/y']],
  ['.venv/**', ['.venv/', '.venv/x', '.venv/a/b'], ['a/.venv/', 'a/.venv/x']],
];

/** "Key Rules" and "Important Directory Pattern Notes", and the patterns of the configuration examples. */
const NOTES: readonly Row[] = [
  ['temp/', ['temp/', 'a/temp/'], ['temp/file.txt', 'temp/subdir/', 'temp/subdir/file.txt', 'temp', 'a/temp/x']],
  ['node_modules/', ['node_modules/', 'lib/node_modules/'], ['node_modules/left-pad/index.js', 'node_modules']],
  ['target/', ['target/'], ['target/debug', 'target']],
  ['temp/*', ['temp/a', 'temp/.a', 'temp/b/'], ['temp/', 'temp/b/c', 'a/temp/a']],
  ['**/pattern', ['pattern', 'pattern/', 'a/b/pattern'], ['pattern/x', 'a/pattern2']],
  ['*.swp', ['.a.swp', 'b/.a.swp'], ['swp']],
  ['.DS_Store', ['.DS_Store', 'a/.DS_Store'], ['x.DS_Store']],
  ['*.draft', ['a.draft'], ['a.draft.md']],
];

const OTHERS: readonly Row[] = [
  // A slash anchors at the root
  ['docs/*.bak', ['docs/a.bak', 'docs/.bak'], ['a.bak', 'docs/sub/a.bak', 'x/docs/a.bak']],
  ['/docs/*.bak', ['docs/a.bak'], ['x/docs/a.bak']],
  ['docs/**/*.bak', ['docs/a.bak', 'docs/sub/er/a.bak'], ['a.bak', 'x/docs/a.bak']],
  ['a/b', ['a/b', 'a/b/'], ['a/b/c', 'x/a/b', 'b']],
  ['a//b', ['a/b'], ['b']],
  ['/a/', ['a/'], ['a', 'x/a/', 'a/b']],
  ['/*', ['a', '.a', 'a/'], ['a/b', 'a/b/']],
  ['*/', ['a/', 'a/b/', '.a/'], ['a', 'a/b']],
  ['**', ['a', 'a/', 'a/b', '.a/.b/c'], []],
  ['*', ['a', '.a/', 'a/b'], []],
  ['**/*', ['a', 'a/b'], []],
  ['/**', ['a', 'a/b/'], []],
  ['a/**/', ['a/', 'a/b/', 'a/b/c/'], ['a', 'a/b', 'a/b/c']],
  ['a/**/*', ['a/b', 'a/b/c'], ['a/', 'a']],
  ['**/a/**/b', ['a/b', 'x/a/y/z/b'], ['a', 'b', 'x/b']],
  ['**/**/a/**/**', ['a/', 'a/b', 'x/a/b'], ['a']],
  ['x**y', ['xy', 'x1y', 'a/x1y'], ['x/y']],
  // One character, classes, alternatives
  ['?.txt', ['a.txt', 'd/b.txt', '..txt'], ['ab.txt', '.txt']],
  ['[ab].txt', ['a.txt', 'd/b.txt'], ['c.txt', '[ab].txt']],
  ['[!a].txt', ['b.txt'], ['a.txt']],
  ['[a-c]/**', ['a/', 'b/x'], ['d/x']],
  ['[[:digit:]]*', ['1', '2x'], ['x2']],
  ['*.{tmp,log}', ['a.tmp', 'b/a.log'], ['a.{tmp,log}', 'a.txt']],
  ['{a,b/c}', ['a', 'x/a', 'b/c'], ['x/b/c', 'c']],
  ['{build,dist}/**', ['build/', 'dist/x'], ['x/build/y', 'build']],
  ['v{1..3}', ['v1', 'v3'], ['v4']],
  ['{a}', ['{a}'], ['a']],
  ['+(a|b).txt', ['a.txt', 'ab.txt'], ['c.txt', '.txt']],
  // No negation, no comment, no case folding, and a backslash makes the next character plain
  ['!*.tmp', ['!a.tmp'], ['a.tmp', 'a.txt']],
  ['#a', ['#a', 'x/#a'], ['a']],
  ['# a', ['# a'], ['a']],
  ['README', ['README'], ['readme', 'Readme']],
  ['\\*.txt', ['*.txt'], ['a.txt']],
  ['\\{a,b\\}', ['{a,b}'], ['a']],
  ['a\\[1\\]', ['a[1]'], ['a1']],
  [' a ', [' a '], ['a']],
  // Names that are hard on tools
  ['*.tmp', ['x\ny.tmp', '\n.tmp', '😀.tmp', '名前.tmp', `${'ü'.repeat(125)}.tmp`, `${'x'.repeat(251)}.tmp`], ['x.tmp\n', 'x.tmp ']],
  ['dir/**', ['dir/x\ny', 'dir/a\nb/c', 'dir/\u2028', 'dir/😀/👩‍👩‍👧'], ['dir\n/x', '\ndir/x']],
  ['😀*', ['😀', '😀.txt', 'a/😀b'], ['a😀', '\ud83dx']],
  ['ü', ['ü'], ['u\u0308']],
  ['a*b*c*d*e*f*g', [`a${'b'.repeat(100)}c${'d'.repeat(100)}efg`], [`${'abcdef'.repeat(40)}`]],
  ['..*', ['..a', '...'], ['.a']],
  ['con\\\\fig', ['con\\fig'], ['config']],
];

test('rules are empty that ignore nothing at all', () => {
  const isEmpty = (patterns: string[], ignoreFile: string | null): boolean => compileIgnoreRules({ patterns, ignoreFile }).isEmpty;
  expect([isEmpty([], null), isEmpty([], '\n# nothing\n')]).toEqual([true, true]);
  expect([isEmpty(['*.o'], null), isEmpty([], '*.o'), isEmpty(['*.o'], '*.o')]).toEqual([false, false, false]);
});

describe.each([
  ['Exclude Patterns', EXCLUDE_PATTERNS],
  ['Common Pattern Mistakes', MISTAKES],
  ['directory notes and examples', NOTES],
  ['others', OTHERS],
])('%s', (_, rows) => {
  test.each(rows)('%j', (pattern, ignored, kept) => {
    const rules = compile([pattern]);
    expect(ignored.filter((path) => !ignores(rules, path))).toEqual([]);
    expect(kept.filter((path) => ignores(rules, path))).toEqual([]);
  });

  test('all of them at once decide as each does alone', () => {
    const rules = compile(rows.map(([pattern]) => pattern));
    for (const path of rows.flatMap(([, ignored, kept]) => [...ignored, ...kept])) {
      const alone = rows.some(([pattern]) => ignores(compile([pattern]), path));
      expect([path, ignores(rules, path)]).toEqual([path, alone]);
    }
  });
});

describe('whole folders', () => {
  test.each<[pattern: string, pruned: readonly string[], entered: readonly string[]]>([
    ['node_modules/**', ['node_modules', 'node_modules/a'], ['a', 'a/node_modules']],
    ['**/.git/**', ['.git', 'a/.git', 'a/.git/objects'], ['a', '.github']],
    // The entry is ignored, what is in it is not: the folder is made as a plain parent where a child needs it.
    ['node_modules', [], ['node_modules']],
    ['temp/', [], ['temp']],
    ['/.git', [], ['.git']],
    ['temp/*', [], ['temp', 'temp/a']],
    ['**/*.venv', [], ['.venv', 'x.venv']],
    ['a/**/*', ['a', 'a/b'], ['b']],
    ['a/**/', [], ['a', 'a/b']],
    ['/*', [], ['a']],
    ['*', ['a', 'a/b'], []],
    ['**', ['a', 'a/b'], []],
    ['/**', ['a', '.a'], []],
    ['{a,b}/**', ['a', 'b/x'], ['c']],
  ])('%j', (pattern, pruned, entered) => {
    const rules = compile([pattern]);
    expect(pruned.filter((folder) => !rules.prunes(folder as RelativePath))).toEqual([]);
    expect(entered.filter((folder) => rules.prunes(folder as RelativePath))).toEqual([]);
  });

  test('an ignored entry does not ignore its contents (R23)', () => {
    const rules = compile(['node_modules']);
    expect([ignores(rules, 'node_modules/'), ignores(rules, 'node_modules/x'), rules.prunes('node_modules' as RelativePath)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('.syncpairignore', () => {
  const FILE =
    '# build products\n\nnode_modules/\n*.o\n!keep.o\n/root-only\ndocs/*.pdf\nlogs/**\n**/cache\n\\!bang\n\\#hash\ntrail \nfoo\\ \n';

  test.each<[ignored: boolean, paths: readonly string[]]>([
    [
      true,
      [
        'node_modules/',
        'node_modules/x/y',
        'a/node_modules/',
        'a/node_modules/x',
        'x.o',
        'a/b.o',
        'root-only',
        'root-only/x',
        'docs/a.pdf',
      ],
    ],
    [true, ['logs/x', 'logs/a/b', 'cache', 'a/cache/', 'a/cache/x', '!bang', '#hash', 'trail', 'foo ', 'x\ny.o', 'logs/a\nb']],
    [
      false,
      [
        'node_modules',
        'keep.o',
        'a/keep.o',
        'a/root-only',
        'docs/sub/a.pdf',
        'logs/',
        'bang',
        'hash',
        'trail ',
        'foo',
        'X.O',
        '# build products',
      ],
    ],
  ])('ignored: %s', (ignored, paths) => {
    const rules = compile([], FILE);
    expect(paths.filter((path) => ignores(rules, path) !== ignored)).toEqual([]);
  });

  test('an exception cannot reach into an ignored folder', () => {
    expect(ignores(compile([], 'a/\n!a/keep'), 'a/keep')).toBe(true);
    expect(ignores(compile([], 'a/*\n!a/keep'), 'a/keep')).toBe(false);
  });

  test('adds to the configured patterns, and brings nothing of theirs back', () => {
    const rules = compile(['*.tmp'], '*.log\n!*.tmp\n');
    expect(['a.tmp', 'a.log', 'a.txt'].map((path) => ignores(rules, path))).toEqual([true, true, false]);
  });

  test.each(['*', '**', '.syncpairignore', '/.syncpairignore', '.*', '**/*'])('is never ignored itself: %s', (pattern) => {
    for (const rules of [compile([pattern]), compile([], pattern)]) {
      expect(ignores(rules, '.syncpairignore')).toBe(false);
      expect(rules.cause('.syncpairignore' as RelativePath, 'file')).toBeNull();
    }
  });

  test('deeper it is a file like others', () => {
    expect(ignores(compile(['.syncpairignore']), 'sub/.syncpairignore')).toBe(true);
  });

  test.each([
    ['Windows line endings', '*.tmp\r\n*.log\r\n'],
    ['a byte order mark', '\uFEFF*.tmp\n*.log'],
  ])('%s do not hide rules', (_, text) => {
    const rules = compile([], text);
    expect(['a.tmp', 'a.log', 'a.txt'].map((path) => ignores(rules, path))).toEqual([true, true, false]);
  });

  test('a line that cannot be read is left out with its reason, the others stay', () => {
    const rules = compile([], `[ab\n*.tmp\nfoo\\\n${'x'.repeat(1025)}\na/**/b/**/c/**/d\n`);
    expect(rules.problems.map(({ line, message }) => `${line}: ${message.replace(/x{9,}/, 'x…')}`)).toEqual([
      '1: "[ab" is left out: a "[" has no "]"',
      '3: "foo\\" is left out: it ends with a backslash',
      '4: "x…" is left out: it is longer than 1024 characters',
      '5: "a/**/b/**/c/**/d" is left out: it has more than 2 "/**/"',
    ]);
    expect(ignores(rules, 'a.tmp')).toBe(true);
  });

  test('no more than 10,000 rules count', () => {
    const rules = compile([], Array.from({ length: 10_002 }, (_, index) => `*.x${index}`).join('\n'));
    expect(rules.problems).toEqual([
      { line: 10_001, message: 'only the first 10000 rules count; this line and all after it are left out' },
    ]);
    expect(['a.x9999', 'a.x10000'].map((path) => ignores(rules, path))).toEqual([true, false]);
  });
});

describe('what a user is told', () => {
  test('names the pattern, or the line of the ignore file', () => {
    const rules = compile(['*.tmp', '{a,b}/**'], '# x\n*.log\n');
    const cause = (path: string, kind: 'file' | 'dir' = 'file'): string | null => rules.cause(path as RelativePath, kind);
    expect(cause('x.tmp')).toBe('the configured pattern "*.tmp"');
    expect(cause('b', 'dir')).toBe('the configured pattern "{a,b}/**"');
    expect(cause('sub/x.log')).toBe('line 2 of .syncpairignore, "*.log"');
    expect(cause('x.txt')).toBeNull();
  });

  test('equal rules have equal fingerprints, in whatever order and number', () => {
    expect(compile(['a', 'b', 'a']).fingerprint).toBe(compile(['b', 'a']).fingerprint);
    expect(compile(['a']).fingerprint).not.toBe(compile([], 'a').fingerprint);
    expect(compile([], 'a\nb').fingerprint).not.toBe(compile([], 'b\na').fingerprint);
    expect(compile([], '# c\na').fingerprint).toBe(compile([], 'a').fingerprint);
  });

  test.each([
    ['', 'it is empty'],
    ['/', 'it names nothing; write "**" to ignore everything'],
    ['[a', 'a "[" has no "]" in the same name; write "\\[" where you mean the character itself'],
    ['{a', 'a "{" has no "}"; write "\\{" where you mean the character itself'],
    ['a\0', 'it contains a NUL'],
    ['\ud800', 'it is not valid Unicode'],
    ['x'.repeat(1025), 'it is longer than 1024 characters'],
    ['{1..2000}', 'its braces stand for more than 1000 patterns; list what you mean, or use "*"'],
  ])('a pattern that cannot be used is refused: %j', (pattern, reason) => {
    expect(() => compile([pattern])).toThrow(new RangeError(`the ignore pattern "${pattern}" is refused: ${reason}`));
  });
});
