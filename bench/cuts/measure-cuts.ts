import { arrivesWhole } from '../../e2e/chunks/large-content.ts';
import { inSync } from '../../e2e/harness/in-sync.ts';
import { until } from '../../e2e/harness/until.ts';
import { MIB, putRandomFile } from '../large/random-file.ts';
import type { Options } from '../options/options.ts';
import { BenchWorld } from '../processes/bench-world.ts';
import { settle } from '../processes/settle.ts';
import type { PartRun } from '../report/part-run.ts';
import type { CutFigures } from './cut-figures.ts';
import { cutPoints } from './cut-points.ts';

const WITHIN_MS = 900_000;

/** Uploads and downloads, each on a line that is cut and on the same line when it is not. */
export async function measureCuts(options: Options, run: PartRun): Promise<CutFigures[]> {
  const measured: CutFigures[] = [];
  for (const way of ['up', 'down'] as const)
    await run.attempt(`the cuts ${way}`, async () => {
      const figures = await BenchWorld.use(options.work, (world) => measureWay(world, way, options));
      run.say(`cuts ${way}: ${JSON.stringify(figures)}`);
      measured.push(figures);
    });
  return measured;
}

async function measureWay(world: BenchWorld, way: 'up' | 'down', { cutMib, cuts, cutBytesPerSecond, seed }: Options): Promise<CutFigures> {
  const line = await world.line();
  const a = world.client('a', way === 'up' ? { server: line.url } : {});
  const b = world.client('b', way === 'down' ? { server: line.url } : {});
  await Promise.all([a.start(), b.start()]);
  await inSync([a, b]);
  await line.set({ bytesPerSecond: cutBytesPerSecond });
  const cutAt = cutPoints(seed, cuts, cutMib * MIB);
  const carry = async (name: string, moments: readonly number[]): Promise<number> => {
    const before = line.passed[way];
    const passed = (): number => line.passed[way] - before;
    putRandomFile(a, name, cutMib);
    for (const moment of moments) {
      await until(`${moment} bytes have passed ${way}`, () => (passed() >= moment ? true : undefined), { within: WITHIN_MS, every: 2 });
      line.resetAll();
    }
    await arrivesWhole(a, b, name, WITHIN_MS);
    await settle([a.process.pid, b.process.pid, world.server.process.pid]);
    return passed();
  };
  const passedUncut = await carry('uncut.bin', []);
  const passedCut = await carry('cut.bin', cutAt);
  return { way, mebibytes: cutMib, bytesPerSecond: cutBytesPerSecond, seed, cutAt, passedUncut, passedCut };
}
