import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds after which tests that hang count as failed. */
const MOST_MS = 15 * 60_000;

export interface SpecResult {
  /** `broken`: no test failed, and yet the run did; nothing was proved. */
  readonly state: 'green' | 'red' | 'broken';
  readonly passed: number;
  /** Names of tests that failed. */
  readonly failed: readonly string[];
  readonly output: string;
}

interface Report {
  readonly numPassedTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** Runs files of tests in a checkout, those whose name matches `tests`, to the first that fails. */
export function runSpecs(root: string, specs: readonly string[], tests: string | undefined): SpecResult {
  const output = join(root, 'mutant-report.json');
  rmSync(output, { force: true });
  const names = tests === undefined ? [] : ['-t', tests];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--bail=1', ...reporters, ...names, ...specs],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: MOST_MS,
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  const told = `${run.stdout}${run.stderr}`.slice(-6_000);
  if (run.error !== undefined) return { state: 'red', passed: 0, failed: [`no end within ${MOST_MS / 60_000} minutes`], output: told };
  const report = readReport(output);
  if (report === null) return { state: 'broken', passed: 0, failed: [], output: told };
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
  const state = failed.length > 0 ? 'red' : report.success && report.numPassedTests > 0 ? 'green' : 'broken';
  return { state, passed: report.numPassedTests, failed, output: told };
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null;
  }
}
