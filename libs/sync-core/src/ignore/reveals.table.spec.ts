import type { RelativePath } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { compileIgnoreRules } from './ignore-rules.ts';
import { reveals } from './reveals.ts';

describe('what a rename by others reveals', () => {
  it.each([
    ['nothing where no pattern is concerned', [], 'a', 'b', true, false],
    ['all of what nothing is known of', [], 'a', 'b', false, true],
    ['nothing of what is ignored under both names', ['*.tmp'], 'a.tmp', 'b.tmp', false, false],
    ['a file whose pattern holds no longer', ['*.tmp'], 'a.tmp', 'a', false, true],
    ['a file under a name that only folders are ignored by', ['o', 'k/'], 'k/o', 'k/k', false, true],
    ['a folder of which only the children are known', ['k/'], 'k', 'a', true, true],
    ['nothing of such a folder that stays ignored', ['k/'], 'k', 'a/k', true, false],
    ['what is in a folder that becomes another ignored one', ['cache/**', 'k/'], 'cache', 'k', false, true],
    ['nothing of a folder that stays ignored with all in it', ['cache/**', 'out/**'], 'cache', 'out', false, false],
    ['nothing of what becomes ignored', ['*.tmp'], 'a', 'a.tmp', true, false],
  ])('%s', (_name, patterns, from, to, isKnown, expected) => {
    const rules = compileIgnoreRules({ patterns, ignoreFile: null });
    expect(reveals(rules, { from: from as RelativePath, to: to as RelativePath }, isKnown)).toBe(expected);
  });
});
