import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { occurrences } from './edit-files.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

test('there are twenty mutants with names of their own', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});

test.each(MUTANTS)('the mutant “$name” still has its place in the code, and its tests are there', ({ edits, specs }) => {
  for (const edit of edits) {
    expect(occurrences(ROOT, edit), `${edit.file} has to hold this exactly once:\n${edit.from}`).toBe(1);
    expect(edit.to).not.toBe(edit.from);
  }
  expect(specs.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
