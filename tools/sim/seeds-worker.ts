import { parentPort, workerData } from 'node:worker_threads';
import { playSeeds } from '../../libs/testing/src/simulator/play-seeds.ts';
import type { PlanWish } from '../../libs/testing/src/simulator/plan/make-plan.ts';

/** Which seeds a worker plays: every `step`th from `from` on, up to `to`, which is left out. */
export interface SeedsOrder {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly wish: Omit<PlanWish, 'seed'>;
}

/** Seeds after which a worker tells how far it is. */
const PIECE = 25;

const { from, to, step, wish } = workerData as SeedsOrder;
for (let first = from; first < to; first += step * PIECE) {
  const seeds: number[] = [];
  for (let seed = first; seed < Math.min(to, first + step * PIECE); seed += step) seeds.push(seed);
  parentPort?.postMessage(await playSeeds(seeds, { wish, twiceEvery: 50 }));
}
