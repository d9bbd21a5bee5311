import { makePlan, type PlanWish } from './plan/make-plan.ts';
import type { Finding } from './oracle/ledger.ts';
import { playPlan } from './play-plan.ts';

const CRASHES: ReadonlySet<string> = new Set(['kill', 'power', 'forget']);

export interface SeedsPlayed {
  seeds: number;
  operations: number;
  crashes: number;
  faults: number;
  /** Seeds that were played twice. */
  twice: number;
  failures: { readonly seed: number; readonly findings: readonly Finding[] }[];
}

/** Plays one seed after the other. Of every `twiceEvery` seeds one is played twice, and must go the same way. */
export async function playSeeds(
  seeds: Iterable<number>,
  {
    wish = {},
    twiceEvery = 0,
    onSeed = () => undefined,
  }: { wish?: Omit<PlanWish, 'seed'>; twiceEvery?: number; onSeed?: (seed: number) => void } = {},
): Promise<SeedsPlayed> {
  const sum: SeedsPlayed = { seeds: 0, operations: 0, crashes: 0, faults: 0, twice: 0, failures: [] };
  for (const seed of seeds) {
    const plan = makePlan({ ...wish, seed });
    const played = await playPlan(plan);
    const findings = [...played.findings];
    if (twiceEvery > 0 && seed % twiceEvery === 0) {
      sum.twice++;
      const again = await playPlan(plan);
      if (again.digest !== played.digest) findings.push({ rule: 'determinism', message: `${played.digest}, then ${again.digest}` });
    }
    sum.seeds++;
    sum.operations += plan.steps.length;
    sum.crashes += plan.steps.filter(({ act }) => CRASHES.has(act.do)).length;
    sum.faults += played.faults;
    if (findings.length > 0) sum.failures.push({ seed, findings });
    onSeed(seed);
  }
  return sum;
}
