import { arrivesWhole } from '../../e2e/chunks/large-content.ts';
import { inSync } from '../../e2e/harness/in-sync.ts';
import type { Options } from '../options/options.ts';
import { BenchWorld } from '../processes/bench-world.ts';
import { MemoryWatch } from '../processes/memory-watch.ts';
import { settle } from '../processes/settle.ts';
import type { PartRun } from '../report/part-run.ts';
import type { LargeFigures } from './large-figures.ts';
import { putByteBefore } from './put-byte-before.ts';
import { putRandomFile } from './random-file.ts';

const NAME = 'large.bin';
const WITHIN_MS = 900_000;

/** Carries one large file from A to B, then the same with a byte put before it. */
export async function measureLarge({ bigMib, work }: Options, run: PartRun): Promise<LargeFigures | null> {
  let figures: LargeFigures | null = null;
  await run.attempt(`the file of ${bigMib} MiB`, () =>
    BenchWorld.use(work, async (world) => {
      const [up, down] = [await world.line(), await world.line()];
      const [a, b] = [world.client('a', { server: up.url }), world.client('b', { server: down.url })];
      await Promise.all([a.start(), b.start()]);
      await inSync([a, b]);
      const pids = { a: a.process.pid, b: b.process.pid, server: world.server.process.pid };
      await settle(Object.values(pids));
      const watch = new MemoryWatch(pids);
      putRandomFile(a, NAME, bigMib);
      await arrivesWhole(a, b, NAME, WITHIN_MS);
      const { a: ofA = 0, b: ofB = 0, server = 0 } = watch.end();
      figures = { mebibytes: bigMib, growth: { a: ofA, b: ofB, server } };
      run.say(`large: ${JSON.stringify(figures)}`);
      await settle(Object.values(pids));
      const passed = (): readonly number[] => [up, down].map((line) => line.passed.up + line.passed.down);
      const before = passed();
      await putByteBefore(a, NAME);
      await arrivesWhole(a, b, NAME, WITHIN_MS);
      const [upBytes, downBytes] = passed().map((bytes, way) => bytes - (before[way] ?? 0)) as [number, number];
      figures = { ...figures, head: { upBytes, downBytes } };
      run.say(`one byte before it: ${JSON.stringify(figures.head)}`);
    }),
  );
  return figures;
}
