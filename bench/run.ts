/**
 * Measures SyncPair: beside its peers, and by itself against its targets. Writes bench/RESULTS.md and bench/plots, and keeps every part in
 * bench/out. Ends with 1 when a part failed; a target that is missed is a result.
 *
 * Usage: npm run bench -- [--quick] [--only PARTS] …; --help tells the rest
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runComparison } from './compare/run-comparison.ts';
import { measureCuts } from './cuts/measure-cuts.ts';
import { PLOTS } from './draw/plots.ts';
import { judgeTargets } from './judge/judge-targets.ts';
import type { Measurements } from './judge/measurements.ts';
import { measureLarge } from './large/measure-large.ts';
import { measureLoad } from './load/measure-load.ts';
import { help } from './options/help.ts';
import type { Options } from './options/options.ts';
import type { PartName } from './options/parts.ts';
import { readOptions } from './options/read-options.ts';
import { KeptParts } from './report/kept-parts.ts';
import { measurementsOf } from './report/measurements-of.ts';
import type { PartRun } from './report/part-run.ts';
import { recordPart } from './report/record-part.ts';
import { resultsPage } from './report/results-page.ts';
import { targetsTable } from './report/targets-table.ts';
import { measureTrees } from './trees/measure-trees.ts';

const PROFILE_EVERY_US = 5_000;

const args = process.argv.slice(2);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

function measure(part: PartName, options: Options, folder: string, run: PartRun): Promise<unknown> {
  switch (part) {
    case 'compare':
      return runComparison(options.comparison, join(folder, 'samples.json'), run);
    case 'trees':
      return measureTrees(options, run);
    case 'large':
      return measureLarge(options, run);
    case 'cuts':
      return measureCuts(options, run);
    case 'load':
      return measureLoad(options, run);
  }
}

/** Writes the plots for which there are figures. @returns their titles and names */
function draw(folder: string, measured: Measurements): (readonly [string, string])[] {
  mkdirSync(folder, { recursive: true });
  return PLOTS.flatMap(({ title, name, draw: drawn }) => {
    const svg = drawn(measured);
    if (svg === null) return [];
    writeFileSync(join(folder, `${name}.svg`), svg);
    return [[title, `${name}.svg`] as const];
  });
}

/** Lets everything that is started from here write a profile when it ends. Seldom enough that it is quiet when it has nothing to do. */
function profileInto(folder: string): void {
  const given = process.env['NODE_OPTIONS'] ?? '';
  process.env['NODE_OPTIONS'] = `${given} --cpu-prof --cpu-prof-interval=${PROFILE_EVERY_US} --cpu-prof-dir=${resolve(folder)}`.trim();
}

async function run(options: Options): Promise<void> {
  if (options.profile !== null) profileInto(options.profile);
  const kept = new KeptParts(options.out ?? join(import.meta.dirname, 'out', options.isQuick ? 'quick' : 'full'));
  const command = `npm run bench${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`;
  for (const part of options.parts) {
    say(`== ${part}`);
    const record = await recordPart(part, command, (partRun) => measure(part, options, kept.folder, partRun), say);
    kept.keep(record);
    if (record.failures.length > 0) process.exitCode = 1;
  }
  // Sizes of quick parts differ from run to run; those of a whole run that were not measured anew keep their figures, and their date.
  const records = options.isQuick ? kept.read(options.parts) : kept.read();
  if (records.length === 0) {
    say('bench: nothing was measured here yet; bench/RESULTS.md stays as it is');
    process.exitCode = 1;
    return;
  }
  const measured = measurementsOf(records);
  print(targetsTable(judgeTargets(measured)));
  const results = options.isQuick || options.out !== null ? kept.folder : import.meta.dirname;
  const plots = draw(join(results, 'plots'), measured);
  const page = join(results, 'RESULTS.md');
  writeFileSync(
    page,
    resultsPage(
      records,
      plots.map(([title, file]) => [title, `plots/${file}`]),
    ),
  );
  print(`written to ${page}`);
  for (const { part, failures } of records) for (const failure of failures) print(`failed in ${part}: ${failure}`);
}

const read = readOptions(args);
switch (read.kind) {
  case 'help':
    print(help());
    break;
  case 'refused':
    say(`bench: ${read.reason}\n${help()}`);
    process.exitCode = 2;
    break;
  case 'options':
    await run(read.options);
}
