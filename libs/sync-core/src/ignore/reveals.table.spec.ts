import type { RelativePath } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { compileIgnoreRules } from './ignore-rules.ts';
import { reveals } from './reveals.ts';

describe('what a rename by others reveals', () => {
  it.each([
    ['nothing where no pattern is concerned', [], 'a', 'b', 'folder', false],
    ['all of what nothing is known of', [], 'a', 'b', 'nothing', true],
    ['nothing of what is ignored under both names', ['*.tmp'], 'a.tmp', 'b.tmp', 'nothing', false],
    ['a file whose pattern holds no longer', ['*.tmp'], 'a.tmp', 'a', 'nothing', true],
    ['a file under a name that only folders are ignored by', ['o', 'k/'], 'k/o', 'k/k', 'nothing', true],
    ['a folder of which only the children are known', ['k/'], 'k', 'a', 'folder', true],
    ['nothing of such a folder that stays ignored', ['k/'], 'k', 'a/k', 'folder', false],
    ['what is in a folder that becomes another ignored one', ['cache/**', 'k/'], 'cache', 'k', 'nothing', true],
    ['nothing of a folder that stays ignored with all in it', ['cache/**', 'out/**'], 'cache', 'out', 'nothing', false],
    ['nothing of what becomes ignored', ['*.tmp'], 'a', 'a.tmp', 'folder', false],
    ['what a pattern of another place hid', ['docs/*.log'], 'docs', 'papers', 'folder', true],
    ['nothing of a single entry in such a place', ['docs/*.log'], 'docs/a', 'a', 'single entry', false],
    ['nothing where what hid goes by names', ['*.log', '**/.git'], 'docs', 'papers', 'folder', false],
  ] as const)('%s', (_name, patterns, from, to, known, expected) => {
    const rules = compileIgnoreRules({ patterns, ignoreFile: null });
    expect(reveals(rules, { from: from as RelativePath, to: to as RelativePath }, known)).toBe(expected);
  });

  it.each([
    ['docs/*.log', 'docs', 'papers', true],
    ['/docs/*.log', 'docs', 'papers', true],
    ['*.log\n!/papers/*.log', 'docs', 'papers', true],
    ['*.log\n!/papers/*.log', 'papers', 'docs', false],
    ['*.log\nnode_modules/', 'docs', 'papers', false],
  ])('%j in the ignore file: %s to %s: %s', (ignoreFile, from, to, expected) => {
    const rules = compileIgnoreRules({ patterns: [], ignoreFile });
    expect(reveals(rules, { from: from as RelativePath, to: to as RelativePath }, 'folder')).toBe(expected);
  });
});
