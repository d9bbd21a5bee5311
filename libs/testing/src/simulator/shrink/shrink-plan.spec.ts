import { describe, expect, it } from 'vitest';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { shrinkPlan } from './shrink-plan.ts';

const texts = ({ steps }: Plan): string[] => steps.map(({ act }) => act.do);

describe('shrinkPlan', () => {
  it('leaves the steps that the failure needs, in their order, and no faults', async () => {
    const plan = makePlan({ seed: 7, clients: 4, steps: 40, faults: true });
    const needed = [3, 17, 38].map((index) => plan.steps[index]?.at);
    const fails = (tried: Plan): Promise<boolean> => {
      const left = tried.steps.map(({ at }) => at);
      return Promise.resolve(needed.every((at) => left.includes(at as number)));
    };
    const small = await shrinkPlan(plan, fails);
    expect(small.steps.map(({ at }) => at)).toEqual(needed);
    expect(Object.values(small.network).every((rate) => rate === 0)).toBe(true);
    expect(small.clients.every(({ skew, ignore }) => skew === 0 && ignore.length === 0)).toBe(true);
  });

  it('leaves out clients that the failure does not need', async () => {
    const plan = makePlan({ seed: 8, clients: 5, steps: 30 });
    const small = await shrinkPlan(plan, (tried) => Promise.resolve(tried.clients.length >= 2));
    expect([small.clients.length, texts(small)]).toEqual([2, []]);
  });

  it('gives the plan back when nothing can be left out', async () => {
    const plan = makePlan({ seed: 9, steps: 5 });
    expect(await shrinkPlan(plan, (tried) => Promise.resolve(tried === plan))).toBe(plan);
  });

  it('ends after as many plays as it may take', async () => {
    let plays = 0;
    await shrinkPlan(makePlan({ seed: 10, steps: 40 }), () => Promise.resolve(plays++ < 0), 25);
    expect(plays).toBe(25);
  });
});
