import type { Compared } from '../compare/run-comparison.ts';
import { judgeTargets } from '../judge/judge-targets.ts';
import { markdownTable } from './markdown-table.ts';
import { measurementsOf } from './measurements-of.ts';
import type { PartRecord } from './part-record.ts';
import { targetsTable } from './targets-table.ts';
import { treeTable } from './tree-table.ts';

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

/** bench/RESULTS.md. `plots`: a title and the file of each, beside the page. */
export function resultsPage(records: readonly PartRecord[], plots: readonly (readonly [title: string, file: string])[]): string {
  const measured = measurementsOf(records);
  const compared = records.find(({ part }) => part === 'compare')?.figures as Compared | null | undefined;
  const sections = [
    '# What was measured',
    '<!-- Written by `npm run bench`. -->',
    targetsTable(judgeTargets(measured)),
    'Compare ratios within one run only; [README.md](README.md) says what each line measures and what is not alike. Where a target is ' +
      'missed, [performance](../docs/performance.md#where-a-target-is-missed) says what limits it.',
    failures(records),
    '## How',
    parts(records),
    machines(records),
    ...(compared
      ? ['## Beside the peers', versions(compared), compared.tables.trim().replaceAll('\n#', '\n\n#').replaceAll('\n\n\n', '\n\n')]
      : []),
    ...(measured.trees.length > 0 ? ['## Trees of tiny files', treeTable(measured.trees)] : []),
    ...(plots.length > 0 ? ['## Plots', ...plots.map(([title, file]) => `![${title}](${file})`)] : []),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function failures(records: readonly PartRecord[]): string {
  const failed = records.flatMap((record) => record.failures.map((failure) => `- ${record.part}: ${failure}`));
  return failed.length === 0 ? '' : `What failed:\n\n${failed.join('\n')}`;
}

const parts = (records: readonly PartRecord[]): string =>
  markdownTable(
    ['part', 'command', 'from', 'to', 'commit', 'load before, after'],
    records.map(({ part, command, started, finished, commit, load }) => [
      part,
      `\`${command}\``,
      minute(started),
      minute(finished),
      commit ?? '',
      load.map((value) => value.toFixed(1)).join(', '),
    ]),
  );

function machines(records: readonly PartRecord[]): string {
  const each = records.map(
    ({ machine }) => `${machine.processors} × ${machine.model}, ${machine.memoryGib} GiB, Linux ${machine.kernel}, Node.js ${machine.node}`,
  );
  return `Times are UTC. Measured on ${[...new Set(each)].join('; and on ')}.`;
}

const versions = ({ comparison }: Compared): string =>
  [
    `A tree of ${comparison.tree.files.toLocaleString('en')} files, ${Math.round(comparison.tree.bytes / 1e6)} MB; rounds: ${comparison.parameters.rounds}.`,
    ...Object.values(comparison.environment.versions).map((version) => `- ${version}`),
  ].join('\n');
