/**
 * `npm run mutants`: makes twenty mistakes, one at a time, in a copy of the checkout, and runs the tests that must see each of them.
 *
 *   npm run mutants                        all of them
 *   npm run mutants -- --only 'drop fsync' one
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyCheckout, removeCopy } from './checkout-copy.ts';
import { makeEdits } from './edit-files.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { type SpecResult, runSpecs } from './run-specs.ts';

const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = values.only === undefined ? MUTANTS : MUTANTS.filter(({ name }) => values.only?.includes(name));
if (chosen.length === 0) {
  console.error(`no such mutant; there are:\n${MUTANTS.map(({ name }) => `  ${name}`).join('\n')}`);
  process.exit(2);
}

const copy = copyCheckout(ROOT);
process.once('exit', () => removeCopy(copy));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const unmutated = new Map<string, SpecResult>();
let caught = 0;
build();
for (const mutant of chosen) {
  const { said, good, output } = judge(mutant);
  if (good) caught += 1;
  console.log(`${good ? 'caught' : 'MISSED'}  ${mutant.name}: ${said}`);
  if (!good) console.log(output.replace(/^/gm, '    '));
}
console.log(`mutants: ${caught} of ${chosen.length} caught`);
process.exitCode = caught === chosen.length ? 0 : 1;

function judge(mutant: Mutant): { readonly said: string; readonly good: boolean; readonly output: string } {
  const before = withoutMutant(mutant);
  if (before.state !== 'green') return { said: `its tests are ${before.state} without it`, good: false, output: before.output };
  const undo = makeEdits(copy, mutant.edits);
  try {
    if (mutant.build === true) build();
    const after = runSpecs(copy, mutant.specs, mutant.tests);
    const first = after.failed[0] ?? '';
    if (after.state === 'red') return { said: `“${first}” fails`, good: true, output: '' };
    return {
      said: after.state === 'green' ? `${after.passed} tests pass with it` : 'its tests cannot be run with it',
      good: false,
      output: after.output,
    };
  } finally {
    undo();
    if (mutant.build === true) build();
  }
}

/** The same tests without the mutant: once for each choice of tests. */
function withoutMutant({ specs, tests }: Mutant): SpecResult {
  const key = JSON.stringify([specs, tests]);
  const known = unmutated.get(key) ?? runSpecs(copy, specs, tests);
  unmutated.set(key, known);
  return known;
}

/** @throws {Error} when the copy cannot be built */
function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['tools/build.ts'], { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the copy cannot be built: ${stderr}`);
}
