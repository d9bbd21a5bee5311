import type { TreeFigures } from '../trees/tree-figures.ts';
import type { Bars } from './bar-panel.ts';
import { panelGrid } from './panel-grid.ts';

const PANELS: readonly (readonly [title: string, unit: string, look: (tree: TreeFigures) => number | undefined])[] = [
  ['The client at rest', 'MB resident', ({ rest }) => rest && rest.rssBytes / 1e6],
  ['The index on disk', 'bytes a file', ({ files, rest }) => rest && rest.indexBytes / files],
  ['One save: the client', 'milliseconds of processor time', ({ saves }) => saves?.clientCpuMs],
  ['One save: the whole server', 'milliseconds of processor time', ({ saves }) => saves?.serverCpuMs],
  ['First sync to the server', 'seconds', ({ first }) => first?.upSeconds],
  ['Restart with nothing changed', 'seconds', ({ restart }) => restart?.seconds],
];

/** Trees of tiny files beside each other. Null when none was measured. */
export function drawTrees(trees: readonly TreeFigures[]): string | null {
  const panels = PANELS.flatMap(([title, unit, look]): Bars[] => {
    const bars = trees.flatMap((tree) => {
      const value = look(tree);
      return value === undefined ? [] : [{ name: `${tree.files.toLocaleString('en')} files`, value, whose: 'ours' as const }];
    });
    return bars.length === 0 ? [] : [{ title, unit, bars }];
  });
  return panelGrid('What grows with the tree', panels);
}
