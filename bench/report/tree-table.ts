import { quantile } from '../../e2e/crowd/quantile.ts';
import { readable } from '../judge/readable.ts';
import type { TreeFigures } from '../trees/tree-figures.ts';
import { markdownTable } from './markdown-table.ts';

const MB = 1e6;

const ROWS: readonly (readonly [string, (tree: TreeFigures) => number | undefined])[] = [
  ['first sync to the server, s', ({ first }) => first?.upSeconds],
  ['client at rest, RSS MB', ({ rest }) => rest && rest.rssBytes / MB],
  ['client at rest, PSS MB', ({ rest }) => rest && rest.pssBytes / MB],
  ['client, peak RSS MB', ({ rest }) => rest && rest.peakBytes / MB],
  ['index, bytes a file', ({ files, rest }) => rest && rest.indexBytes / files],
  ['client at rest, processor s a minute', ({ rest }) => rest && (rest.clientCpuSeconds / rest.seconds) * 60],
  ['server at rest, processor s a minute', ({ rest }) => rest && (rest.serverCpuSeconds / rest.seconds) * 60],
  ['one save: client, processor ms', ({ saves }) => saves?.clientCpuMs],
  ['one save: server, processor ms', ({ saves }) => saves?.serverCpuMs],
  ['one save until it is told, median ms', ({ saves }) => saves && quantile(saves.heardMs, 0.5)],
  ['restart until in sync, s', ({ restart }) => restart?.seconds],
  ['restart, processor s', ({ restart }) => restart?.cpuSeconds],
  ['restart, MB read', ({ restart }) => restart && restart.bytesRead / MB],
  ['restart, read calls', ({ restart }) => restart?.readCalls],
  ['client after the restart, RSS MB', ({ restart }) => restart && restart.rssBytes / MB],
  ['a whole scan, processor s', ({ scan }) => scan?.cpuSeconds],
  ['an rsync that finds nothing, processor s', ({ scan }) => scan?.rsyncCpuSeconds],
];

/** The trees beside each other, a column each. */
export function treeTable(trees: readonly TreeFigures[]): string {
  const head = ['', ...trees.map(({ files }) => `${files.toLocaleString('en')} files`)];
  const cell = (value: number | undefined): string => (value === undefined ? '-' : readable(value));
  return markdownTable(
    head,
    ROWS.map(([name, look]) => [name, ...trees.map((tree) => cell(look(tree)))]),
  );
}
