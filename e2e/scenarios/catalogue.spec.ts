import { expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { findTests } from './find-tests.ts';

const tests = findTests();
const played = new Set([...tests.values()].flat());

test('every scenario stands there once', () => {
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  expect(CATALOGUE.length).toBeGreaterThan(100);
});

test('every tag in the name of a test is a scenario', () => {
  const known = new Set(CATALOGUE.map(({ id }) => id));
  expect([...tests].flatMap(([file, tags]) => tags.filter((id) => !known.has(id)).map((id) => `${file}: ${id}`))).toEqual([]);
});

test('each scenario of P0 and P1 is played by a test, or says why not', () => {
  const silent = CATALOGUE.filter(({ id, priority, open }) => priority !== 'P2' && open === undefined && !played.has(id));
  expect(silent.map(({ id, what }) => `${id}: ${what}`)).toEqual([]);
});
