import { expect, test } from 'vitest';
import type { Scenario } from './catalogue.ts';
import { type Report, judge, summary } from './judge.ts';

const scenario = (id: string, priority: Scenario['priority']): Scenario => ({ id, priority, what: id });
const SCENARIOS = [scenario('AAA-01', 'P0'), scenario('AAA-02', 'P0'), scenario('AAA-03', 'P1'), scenario('AAA-04', 'P1')];

const report = (tests: Record<string, string>): Report => ({
  testResults: [{ name: 'file', assertionResults: Object.entries(tests).map(([title, status]) => ({ title, status })) }],
});

test('a scenario passes when all its tests do, in every run', () => {
  const first = report({ 'one [AAA-01]': 'passed', 'two [AAA-01] [AAA-02]': 'passed', 'three [AAA-03]': 'skipped', 'no tag': 'failed' });
  const second = report({ 'one [AAA-01]': 'passed', 'two [AAA-01] [AAA-02]': 'failed', 'three [AAA-03]': 'skipped' });
  expect(judge(SCENARIOS, [first]).map(({ state, passed, run }) => [state, passed, run])).toEqual([
    ['passed', 2, 2],
    ['passed', 1, 1],
    ['skipped', 0, 0],
    ['open', 0, 0],
  ]);
  const both = judge(SCENARIOS, [first, second]);
  expect(both.map(({ state }) => state)).toEqual(['failed', 'failed', 'skipped', 'open']);
  expect(both[0]?.failures).toEqual(['two [AAA-01] [AAA-02]']);
  expect(summary(judge(SCENARIOS, [first]))).toBe('scenarios: P0 2 of 2, P1 0 of 2, P2 0 of 0');
});

test('an id counts at the end of a name only', () => {
  expect(judge(SCENARIOS, [report({ '[AAA-01] stands in front': 'passed' })])[0]?.state).toBe('open');
});
