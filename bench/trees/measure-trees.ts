import type { Options } from '../options/options.ts';
import type { PartRun } from '../report/part-run.ts';
import { measureTree } from './measure-tree.ts';
import type { TreeFigures } from './tree-figures.ts';

/** All trees, the smallest first; it alone has a second client. */
export async function measureTrees(options: Options, run: PartRun): Promise<TreeFigures[]> {
  const scanned = options.trees.findLast((files) => files <= options.scanFiles);
  const measured: TreeFigures[] = [];
  for (const [index, files] of options.trees.entries())
    measured.push(await measureTree(files, { hasOther: index === 0, isScanned: files === scanned }, options, run));
  return measured;
}
