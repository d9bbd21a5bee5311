import type { Options } from '../options/options.ts';
import type { PartRun } from '../report/part-run.ts';
import { BenchWorld } from '../processes/bench-world.ts';
import { settle } from '../processes/settle.ts';
import { firstSync } from './first-sync.ts';
import { measureRest } from './measure-rest.ts';
import { measureRestart } from './measure-restart.ts';
import { measureSaves } from './measure-saves.ts';
import { measureScan } from './measure-scan.ts';
import type { TreeFigures } from './tree-figures.ts';
import { writeTinyTree } from './write-tiny-tree.ts';

/** Slower than that it is given up. */
const FILES_PER_SECOND = 200;

/**
 * A tree from its first sync to its scans, with a server of its own. Gives the figures that there are, also when a step failed; that is
 * told to `run`.
 */
export async function measureTree(
  files: number,
  { hasOther, isScanned }: { readonly hasOther: boolean; readonly isScanned: boolean },
  options: Options,
  run: PartRun,
): Promise<TreeFigures> {
  let figures: TreeFigures = { files };
  const add = (more: Partial<TreeFigures>): void => {
    figures = { ...figures, ...more };
    run.say(`${files} files: ${JSON.stringify(more)}`);
  };
  await run.attempt(`the tree of ${files} files`, () =>
    BenchWorld.use(options.work, async (world) => {
      const { server } = world;
      const client = world.client('a');
      writeTinyTree(client.folder, files);
      const other = hasOther ? world.client('b') : null;
      add({ first: await firstSync(client, other, { files, withinSeconds: 120 + files / FILES_PER_SECOND }) });
      await settle([client.process.pid, server.process.pid, ...(other === null ? [] : [other.process.pid])]);
      const rest = await measureRest(client, server, options.restSeconds);
      add({ rest });
      // What a save costs the server has to be comparable from tree to tree.
      await other?.stop();
      add({ saves: await measureSaves(client, server, { count: options.saves, files, rest }) });
      add({ restart: await measureRestart(client) });
      if (isScanned) add({ scan: await measureScan(client, files) });
    }),
  );
  return figures;
}
