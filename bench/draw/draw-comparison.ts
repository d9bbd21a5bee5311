import type { Comparison } from '../compare/comparison.ts';
import type { Bars } from './bar-panel.ts';
import { panelGrid } from './panel-grid.ts';

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

const OURS = 'syncpair';
const LIMIT = 'limit';

/** All workloads with all systems. Null when none of them was measured. */
export function drawComparison(compare: Comparison | null): string | null {
  if (compare === null) return null;
  const panels = PANELS.flatMap(([workload, metric, title, unit]): Bars[] => {
    const systems = Object.entries(compare.summary[workload]?.[metric]?.systems ?? {});
    const bars = systems.map(([name, { median }]) => ({
      name: name === LIMIT ? 'limit (cp, dd)' : name,
      value: median,
      whose: name === OURS ? ('ours' as const) : name === LIMIT ? ('limit' as const) : ('peer' as const),
    }));
    const order = ['ours', 'peer', 'limit'];
    bars.sort((a, b) => order.indexOf(a.whose) - order.indexOf(b.whose));
    return bars.length === 0 ? [] : [{ title: title(compare), unit, bars }];
  });
  return panelGrid('SyncPair beside its peers', panels);
}
