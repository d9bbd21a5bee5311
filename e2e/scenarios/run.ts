/**
 * `npm run scenarios`: runs every test that plays a scenario and tells what became of each.
 *
 *   npm run scenarios                          all of them
 *   npm run scenarios -- --times 3             three times in a row; each has to pass each time
 *   npm run scenarios -- --only DEL-04,CON-01  some
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CATALOGUE, type Scenario } from './catalogue.ts';
import { ROOT, findTests } from './find-tests.ts';
import { type Report, type Verdict, judge, summary } from './judge.ts';

const { values } = parseArgs({ options: { times: { type: 'string', default: '1' }, only: { type: 'string' } } });
const only = values.only?.split(',').filter(Boolean);
const chosen = only === undefined ? CATALOGUE : CATALOGUE.filter(({ id }) => only.includes(id));
const unknown = (only ?? []).filter((id) => !CATALOGUE.some((scenario) => scenario.id === id));
const times = Number(values.times);
if (unknown.length > 0 || !Number.isInteger(times) || times < 1) {
  console.error(unknown.length > 0 ? `no such scenario: ${unknown.join(', ')}` : '--times takes a number of 1 or more');
  process.exit(2);
}

const reports = Array.from({ length: times }, (_, turn) => {
  if (times > 1) console.log(`run ${turn + 1} of ${times}`);
  return runTests();
});
const verdicts = judge(chosen, reports);
for (const verdict of verdicts) console.log(line(verdict));
console.log(summary(verdicts));
process.exitCode = verdicts.some(({ state }) => state === 'failed') ? 1 : 0;

function runTests(): Report {
  const ids = new Set(chosen.map(({ id }) => id));
  const files = [...findTests()].filter(([, tags]) => tags.some((id) => ids.has(id))).map(([file]) => file);
  if (files.length === 0) return { testResults: [] };
  const folder = mkdtempSync(join(tmpdir(), 'syncpair-scenarios-'));
  try {
    const output = join(folder, 'report.json');
    const vitest = [
      'run',
      '--config',
      'e2e/scenarios/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
    ];
    const names = ['-t', `\\[(${[...ids].join('|')})\\]`];
    spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...vitest, ...names, ...files], {
      cwd: ROOT,
      stdio: 'inherit',
    });
    return JSON.parse(readFileSync(output, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function line({ scenario, state, passed, run, failures }: Verdict): string {
  const told = { passed: `passed (${run})`, failed: `FAILED (${passed} of ${run})`, skipped: 'skipped here', open: 'open' }[state];
  return [
    `${scenario.priority} ${scenario.id}  ${told.padEnd(18)} ${scenario.what}${state === 'open' ? reason(scenario) : ''}`,
    ...failures,
  ].join('\n           ');
}

function reason({ open }: Scenario): string {
  return open === undefined ? '' : ` – open: ${open}`;
}
