import type { RelativePath } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import { lintPatterns } from './ignore-lint.ts';
import { parseIgnorePattern } from './ignore-pattern.ts';
import { compileIgnoreRules } from './ignore-rules.ts';

/** The start of the one message about a pattern, and the patterns that it says to write. */
function lint(pattern: string): { says: string; write: string[] } | null {
  const findings = lintPatterns([pattern]);
  expect(findings.length).toBeLessThanOrEqual(1);
  const [finding] = findings;
  if (finding === undefined) return null;
  expect(finding.pattern).toBe(pattern);
  expect(finding.message.startsWith(`"${pattern}" `)).toBe(true);
  const [says = '', ...remedy] = finding.message.slice(pattern.length + 3).split('; ');
  const advice = /write (.*)$/.exec(remedy.join('; '))?.[1] ?? '';
  return { says, write: [...advice.matchAll(/(?<=^|, |or |: )"([^"]+)"/g)].map(([, right]) => right as string) };
}

describe('patterns that do what they look like get no warning', () => {
  test.each([
    // The specification's own
    ...[
      '*.tmp',
      '*.log',
      'node_modules/**',
      'target/**',
      '**/.git/**',
      '**/.venv/**',
      '*.DS_Store',
      'temp/**',
      '*.bak',
      'build/**',
      '*.cache',
      '.env',
    ],
    ...['.venv/**', '*.swp', '.DS_Store', '*.draft', '**/pattern'],
    // Others
    ...[
      'docs/*.bak',
      '/docs/*.bak',
      'a/b',
      '*.{tmp,log}',
      '?.txt',
      '[ab].txt',
      '~$*',
      '*~',
      '#*#',
      '!(a).txt',
      'README',
      '\\!x',
      '{build,dist}/**',
    ],
    ...['**/*.tmp', 'a/**/b', 'x y', '...', 'sub/.syncpairignore', '*.*', 'a,b.txt', '*.tmp.*', '**/temp/**'],
  ])('%j', (pattern) => {
    expect(lint(pattern)).toBeNull();
  });
});

describe('patterns that probably do not do what their author wants', () => {
  const ENTRY = 'matches only the entry, what is in a folder of that name is still synchronised';
  const OWN = "matches only the folder's own entry, what is in it is still synchronised";
  const DIRECT = 'matches only what lies directly in the folder, deeper files are still synchronised';

  test.each<[pattern: string, says: string, ...write: string[]]>([
    // The specification's mistakes
    ['**/*.venv', 'matches only entries whose name ends with ".venv", not what is in a folder', '**/.venv/**'],
    ['/.git', 'matches only the entry at the root, not what is in it', '**/.git/**', '.git/**'],
    ['.venv/', OWN, '**/.venv/**', '.venv/**'],
    ['node_modules', ENTRY, '**/node_modules/**', 'node_modules/**'],
    ['temp/', OWN, '**/temp/**', 'temp/**'],
    ['node_modules/', OWN, '**/node_modules/**', 'node_modules/**'],
    ['target/', OWN, '**/target/**', 'target/**'],
    ['temp/*', DIRECT, 'temp/**'],
    // Their relatives
    ['/temp/', OWN, '**/temp/**', 'temp/**'],
    ['a/b/', OWN, 'a/b/**'],
    ['**/temp/', OWN, '**/temp/**'],
    ['**/node_modules', ENTRY, '**/node_modules/**'],
    ['app/node_modules', ENTRY, 'app/node_modules/**'],
    ['{node_modules,dist}', ENTRY, '**/{node_modules,dist}/**', '{node_modules,dist}/**'],
    ['/a/b/*', DIRECT, 'a/b/**'],
    ['temp/**/', 'matches folders only, the files in them are still synchronised', 'temp/**'],
    ['*.git', 'matches only entries whose name ends with ".git", not what is in a folder', '**/.git/**'],
    ['.*', 'matches only entries whose name begins with ".", not what is in a folder', '**/.*/**'],
    ['/.*', 'matches only entries whose name begins with ".", not what is in a folder', '.*/**'],
    ['.tmp', 'matches only entries with exactly this name', '*.tmp'],
    ['.log', 'matches only entries with exactly this name', '*.log'],
    // Habits of other programs
    ['!keep.txt', 'matches names that begin with "!" and brings nothing back'],
    ['# all logs', 'is taken as a name, not as a comment'],
    ['*.tmp,*.log', 'is taken as one name', '*.tmp', '*.log'],
    ['*.tmp *.log', 'is taken as one name', '*.tmp', '*.log'],
    ['*.tmp; **/*.log', 'is taken as one name', '*.tmp', '**/*.log'],
    [' *.tmp ', 'begins or ends with a space, which is taken as part of the name', '*.tmp'],
    [' temp/', 'begins or ends with a space, which is taken as part of the name', '**/temp/**'],
    [' ', 'matches only names that are nothing but spaces'],
    ['./temp/**', 'matches nothing, because no path contains "."', 'temp/**'],
    ['./a.txt', 'matches nothing, because no path contains "."', '/a.txt'],
    ['./node_modules', 'matches nothing, because no path contains "."', '**/node_modules/**'],
    ['../x', 'matches nothing, because no path in the directory contains ".."'],
    ['C:\\temp', 'is an absolute path and matches nothing'],
    ['~/x/**', 'looks like an absolute path, but patterns are relative to the directory'],
    ['/home/me/x', 'looks like an absolute path, but patterns are relative to the directory'],
    ['a\\b.txt', 'has a backslash, which takes the meaning from the next character', 'a/b.txt'],
    ['temp\\*', 'has a backslash, which takes the meaning from the next character', 'temp/**'],
    // What ignores more than is wanted, or nothing
    ['*', 'ignores everything, so nothing is synchronised'],
    ['**/*', 'ignores everything, so nothing is synchronised'],
    ['.syncpairignore', 'has no effect at the root: .syncpairignore is never ignored there, so that all members go by the same rules'],
  ])('%j', (pattern, says, ...write) => {
    const found = lint(pattern);
    expect(found?.says.startsWith(says), found?.says).toBe(true);
    expect(found?.write).toEqual(write);
    for (const right of write) {
      expect(parseIgnorePattern(right).ok).toBe(true);
      expect(lintPatterns([right])).toEqual([]);
    }
  });

  test('what is to be written for a folder excludes it and all in it', () => {
    for (const pattern of ['node_modules', '.venv/', 'temp/', '**/temp/', 'temp/*', '/.git', '**/*.venv', '*.git']) {
      const name = pattern.replaceAll(/[*/]/g, '');
      for (const right of lint(pattern)?.write ?? []) {
        const rules = compileIgnoreRules({ patterns: [right], ignoreFile: null });
        expect([right, rules.ignores(name as RelativePath, 'dir')]).toEqual([right, true]);
        expect([right, rules.ignores(`${name}/a/b` as RelativePath, 'file')]).toEqual([right, true]);
        expect([right, rules.prunes(name as RelativePath)]).toEqual([right, true]);
      }
    }
  });

  test('are reported in their order, each once', () => {
    expect(lintPatterns(['temp/', '*.tmp', 'node_modules', 'temp/']).map(({ pattern }) => pattern)).toEqual(['temp/', 'node_modules']);
  });
});
