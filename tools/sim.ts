/**
 * Plays simulated worlds: one that a seed or a file stands for, or many. Ends with 1 when a rule was broken.
 *
 * Usage: npm run sim -- --seed N [--clients K] [--ops M] [--trace] [--save FILE]
 *        npm run sim -- --seeds N [--from S] [--jobs J] [--clients K] [--ops M]
 *        npm run sim -- --plan FILE [--trace]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makePlan } from '../libs/testing/src/simulator/plan/make-plan.ts';
import { decodePlan } from '../libs/testing/src/simulator/plan/plan-file.ts';
import type { Plan } from '../libs/testing/src/simulator/plan/plan.ts';
import { playPlan } from '../libs/testing/src/simulator/play-plan.ts';
import { playMany } from './sim/play-many.ts';
import { tellFailure } from './sim/tell-failure.ts';

/** Failures that are shrunk and told in full; of the rest only the seeds. */
const MOST_TOLD = 3;
const PROGRESS_MS = 10_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  from: { type: 'string', default: '0' },
  jobs: { type: 'string', default: '1' },
  clients: { type: 'string' },
  ops: { type: 'string' },
  plan: { type: 'string' },
  save: { type: 'string' },
  trace: { type: 'boolean', default: false },
} as const;

const { values } = readOptions();
const NUMBERS = ['seed', 'seeds', 'from', 'jobs', 'clients', 'ops'] as const;
for (const name of NUMBERS)
  if (values[name] !== undefined && !/^\d+$/.test(values[name])) refuse(`--${name} takes a whole number, not "${values[name]}"`);

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(reason: string): never {
  process.stderr.write(`sim: ${reason}\nusage: npm run sim -- [--${Object.keys(OPTIONS).join('] [--')}]; see docs/simulator.md\n`);
  process.exit(2);
}

const wish = {
  ...(values.clients === undefined ? {} : { clients: Number(values.clients) }),
  ...(values.ops === undefined ? {} : { steps: Number(values.ops) }),
};
const wishFlags = `${values.clients === undefined ? '' : ` --clients ${values.clients}`}${values.ops === undefined ? '' : ` --ops ${values.ops}`}`;

async function playOne(plan: Plan, name: string): Promise<boolean> {
  const { findings, digest, trace } = await playPlan(plan, { keepTrace: values.trace });
  for (const line of trace) print(line);
  if (findings.length === 0) {
    print(`sim: ${name}: ${plan.steps.length} operations of ${plan.clients.length} clients, no rule broken, trace ${digest}`);
    return true;
  }
  print(`sim: ${name} broke a rule:`);
  await tellFailure(plan, print, values.save ?? null);
  return false;
}

async function playSeveral(from: number, count: number): Promise<boolean> {
  const began = performance.now();
  let told = began;
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(0);
  const sum = await playMany({ from, to: from + count, wish }, Number(values.jobs), (soFar, piece) => {
    for (const { seed, findings } of piece.failures) print(`sim: seed ${seed}: ${findings[0]?.rule}: ${findings[0]?.message}`);
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    print(`sim: ${soFar.seeds} of ${count} seeds, ${soFar.failures.length} failures, ${seconds()} s`);
  });
  for (const { seed } of sum.failures.slice(0, MOST_TOLD)) {
    print(`\nsim: seed ${seed} broke a rule; play it again with: npm run sim -- --seed ${seed}${wishFlags}`);
    await tellFailure(makePlan({ ...wish, seed }), print, null);
  }
  print(
    `sim: ${sum.seeds} seeds, ${sum.operations} operations, ${sum.crashes} crashes, ${sum.faults} faults, ${sum.twice} played twice, ${sum.failures.length} failures, ${seconds()} s`,
  );
  return sum.failures.length === 0;
}

let fine: boolean;
if (values.plan !== undefined) fine = await playOne(decodePlan(readFileSync(values.plan, 'utf8')).plan, values.plan);
else if (values.seed !== undefined) fine = await playOne(makePlan({ ...wish, seed: Number(values.seed) }), `seed ${values.seed}`);
else fine = await playSeveral(Number(values.from), Number(values.seeds ?? 1_000));
process.exitCode = fine ? 0 : 1;
