import { describe, expect, it } from 'vitest';
import { playSeeds } from './play-seeds.ts';

/** Seeds in one test, so that it is seen how far the suite is. */
const PIECE = 50;

/** Plays `count` seeds from `first` on, a tenth of them twice. */
export function registerSeedTests(first: number, count: number): void {
  describe('the simulator', () => {
    for (let from = first; from < first + count; from += PIECE) {
      it(
        `breaks no rule and goes the same way again with the seeds ${from} to ${from + PIECE - 1} [CON-19]`,
        { timeout: 300_000 },
        async () => {
          const seeds = Array.from({ length: PIECE }, (_, index) => from + index);
          const { failures } = await playSeeds(seeds, { twiceEvery: 10 });
          expect(failures, 'replay one with: npm run sim -- --seed N').toEqual([]);
        },
      );
    }
  });
}
