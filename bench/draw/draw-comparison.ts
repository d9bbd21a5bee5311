import type { Comparison } from '../compare/comparison.ts';
import { type Bars, barPanel, heightOfPanel } from './bar-panel.ts';
import { picture } from './picture.ts';

const PANELS: readonly (readonly [workload: string, metric: string, title: (compare: Comparison) => string, unit: string])[] = [
  ['initial', 'seconds', ({ tree }) => `First sync of ${tree.files.toLocaleString('en')} files`, 'seconds'],
  ['latency', 'p50', () => 'One edit of 1 KB, median', 'milliseconds'],
  ['burst', 'seconds', ({ parameters }) => `${parameters.burst_files.toLocaleString('en')} new files at once`, 'seconds'],
  ['memory', 'seconds', ({ parameters }) => `First sync of ${parameters.memory_files.toLocaleString('en')} tiny files`, 'seconds'],
  ['big', 'seconds', ({ parameters }) => `One file of ${parameters.big_mib} MiB`, 'seconds'],
  ['delta', 'head_seconds', ({ parameters }) => `1 byte put before ${parameters.big_mib} MiB`, 'seconds'],
  ['delta', 'head_hop', ({ parameters }) => `The same: bytes on the wire, a hop (${parameters.big_mib} MiB)`, 'megabytes'],
  ['rename', 'seconds', ({ parameters }) => `A folder of ${parameters.rename_files.toLocaleString('en')} files renamed`, 'seconds'],
  ['noop', 'seconds', () => 'Restart, or a pass, with nothing changed', 'seconds'],
  ['idle', 'cpu_client', ({ parameters }) => `Idle for ${parameters.idle_seconds} s: one client`, 'seconds of processor time'],
];

const WIDTH = 420;
const MARGIN = 16;
const COLUMNS = 2;

/** All workloads with all systems. Null when none of them was measured. */
export function drawComparison(compare: Comparison | null): string | null {
  if (compare === null) return null;
  const panels = PANELS.flatMap(([workload, metric, title, unit]): Bars[] => {
    const systems = Object.entries(compare.summary[workload]?.[metric]?.systems ?? {});
    const bars = systems.map(([name, { median }]) => ({ name: name === 'limit' ? 'limit (cp, dd)' : name, value: median }));
    return bars.length === 0 ? [] : [{ title: title(compare), unit, bars }];
  });
  if (panels.length === 0) return null;
  const rows = Array.from({ length: Math.ceil(panels.length / COLUMNS) }, (_, row) => panels.slice(row * COLUMNS, (row + 1) * COLUMNS));
  let y = MARGIN;
  const drawn = rows.flatMap((row) => {
    const top = y;
    y += Math.max(...row.map(({ bars }) => heightOfPanel(bars.length))) + MARGIN;
    return row.map((bars, column) => barPanel(bars, { x: MARGIN + column * (WIDTH + MARGIN), y: top, width: WIDTH }));
  });
  return picture({ width: COLUMNS * (WIDTH + MARGIN) + MARGIN, height: y, title: 'SyncPair beside its peers' }, ...drawn);
}
