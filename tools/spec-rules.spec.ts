import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSpecRules } from './spec-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const rules = readSpecRules();

/** The ids that each file of tests quotes. */
const quoted = new Map(
  globSync(
    ['libs', 'services', 'e2e', 'tools', 'deploy'].map((folder) => `${folder}/**/*.ts`),
    {
      cwd: ROOT,
      exclude: ['**/node_modules', '**/dist', 'tools/spec-rules.spec.ts'],
    },
  ).map((file) => [file, new Set([...readFileSync(join(ROOT, file), 'utf8').matchAll(/\((R\d\d)\)/g)].map(([, id = '']) => id))]),
);

test('rules have one sentence each, and ids that follow each other', () => {
  expect(rules.map(({ id }) => id)).toEqual(rules.map((_, index) => `R${String(index + 1).padStart(2, '0')}`));
  expect(rules.filter(({ sentence }) => !/^\p{Lu}|^“/u.test(sentence) || !sentence.endsWith('.'))).toEqual([]);
});

test.each(rules)('$id names code and tests that are there, and the tests quote it', ({ id, code, tests }) => {
  expect([...code, ...tests].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(code).not.toEqual([]);
  expect(tests).not.toEqual([]);
  expect(tests.filter((file) => quoted.get(file)?.has(id) !== true)).toEqual([]);
});

test('no test quotes a rule that is not written down', () => {
  const known = new Set(rules.map(({ id }) => id));
  const unknown = [...quoted].flatMap(([file, ids]) => [...ids].filter((id) => !known.has(id)).map((id) => `${file}: ${id}`));
  expect(unknown).toEqual([]);
});
