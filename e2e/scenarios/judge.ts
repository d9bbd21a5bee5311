import type { Scenario } from './catalogue.ts';
import { tagsOf } from './tags.ts';

/** As much as is read of what vitest's JSON reporter writes. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

export interface Verdict {
  readonly scenario: Scenario;
  /** `failed`: a test of it failed in one of the runs. `skipped`: none could be run here. `open`: no test plays it. */
  readonly state: 'passed' | 'failed' | 'skipped' | 'open';
  /** How many tests of it passed and were run, over all runs. */
  readonly passed: number;
  readonly run: number;
  /** Titles of those that failed. */
  readonly failures: readonly string[];
}

/** What the runs say about each scenario. */
export function judge(scenarios: readonly Scenario[], runs: readonly Report[]): Verdict[] {
  const tests = runs.flatMap(({ testResults }) => testResults.flatMap(({ assertionResults }) => assertionResults));
  return scenarios.map((scenario) => {
    const own = tests.filter(({ title }) => tagsOf(title).includes(scenario.id));
    const done = own.filter(({ status }) => status === 'passed' || status === 'failed');
    const failures = done.filter(({ status }) => status === 'failed').map(({ title }) => title);
    const state = own.length === 0 ? 'open' : done.length === 0 ? 'skipped' : failures.length > 0 ? 'failed' : 'passed';
    return { scenario, state, passed: done.length - failures.length, run: done.length, failures };
  });
}

/** `scenarios: P0 40 of 42, P1 50 of 60, P2 1 of 4` */
export function summary(verdicts: readonly Verdict[]): string {
  const parts = (['P0', 'P1', 'P2'] as const).map((priority) => {
    const those = verdicts.filter(({ scenario }) => scenario.priority === priority);
    return `${priority} ${those.filter(({ state }) => state === 'passed').length} of ${those.length}`;
  });
  return `scenarios: ${parts.join(', ')}`;
}
