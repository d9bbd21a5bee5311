import { describe, expect, it } from 'vitest';
import { makePlan } from './plan/make-plan.ts';
import { playPlan } from './play-plan.ts';

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('a simulated world', () => {
  it('breaks no rule, whatever happens to it', async () => {
    const broken = [];
    for (const seed of seeds(100, 40)) {
      const { findings } = await playPlan(makePlan({ seed }));
      if (findings.length > 0) broken.push({ seed, findings });
    }
    expect(broken).toEqual([]);
  });

  it('goes the same way each time that a seed is played', async () => {
    for (const seed of seeds(200, 10)) {
      const plan = makePlan({ seed });
      const first = await playPlan(plan, { keepTrace: true });
      const second = await playPlan(plan, { keepTrace: true });
      expect(second.trace).toEqual(first.trace);
      expect(second.digest).toBe(first.digest);
    }
  });
});
