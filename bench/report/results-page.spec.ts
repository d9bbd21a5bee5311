import { expect, test } from 'vitest';
import { ALL_HELD } from '../judge/fixtures/all-held.ts';
import { judgeTargets } from '../judge/judge-targets.ts';
import type { PartRecord } from './part-record.ts';
import { resultsPage } from './results-page.ts';
import { targetsTable } from './targets-table.ts';

const record = (part: PartRecord['part'], figures: unknown, failures: readonly string[] = []): PartRecord => ({
  part,
  started: '2026-01-02T03:04:05.000Z',
  finished: '2026-01-02T04:05:06.000Z',
  command: 'npm run bench',
  commit: 'abc1234',
  machine: { processors: 2, model: 'Some Processor', memoryGib: 24, kernel: '6.1', node: '24.0.0' },
  load: [0.12, 1.26],
  failures,
  figures,
});

test('the page begins with the targets, then tells how, and what was measured beside the peers', () => {
  const compared = { comparison: ALL_HELD.compare, tables: '### initial\n\n| | syncpair |\n|---|---|\n| seconds | 4 |\n\n\nNotes:\n- one' };
  const page = resultsPage([record('compare', compared), record('trees', ALL_HELD.trees)], [['A picture', 'plots/a.svg']]);
  const order = [
    '| work | target |',
    '## How',
    '## Beside the peers',
    '### initial',
    '## Trees of tiny files',
    '## Plots',
    '![A picture](plots/a.svg)',
  ];
  const places = order.map((text) => page.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(page).toContain('| compare | `npm run bench` | 2026-01-02 03:04 | 2026-01-02 04:05 | abc1234 | 0.1, 1.3 |');
  expect(page).toContain('Measured on 2 × Some Processor, 24 GiB, Linux 6.1, Node.js 24.0.0.');
  expect(page).not.toContain('\n\n\n');
});

test('a part that failed is told, and one without figures has no section', () => {
  const page = resultsPage([record('trees', [], ['the tree of 100 files: waited in vain']), record('load', null)], []);
  expect(page).toContain('What failed:\n\n- trees: the tree of 100 files: waited in vain');
  expect(page).not.toContain('## Trees');
  expect(page).not.toContain('## Plots');
});

test('verdicts at other sizes are counted by themselves', () => {
  const all = judgeTargets(ALL_HELD);
  expect(targetsTable(all)).toContain(`\n\n${all.length} held, 0 missed, 0 not measured.`);
  const some = judgeTargets({ ...ALL_HELD, cuts: [], large: ALL_HELD.large && { ...ALL_HELD.large, mebibytes: 64 } });
  expect(targetsTable(some)).toContain(
    `${all.length - 4} held, 0 missed, 3 not measured, 1 measured at other sizes than those of the targets.`,
  );
  expect(targetsTable(some)).toContain('| held, with 64 MiB |');
});
