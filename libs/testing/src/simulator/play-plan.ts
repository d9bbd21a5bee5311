import { directoryStatus } from '../../../../services/client/src/status/directory-status.ts';
import type { Machine } from './client/machine.ts';
import { World } from './client/world.ts';
import { compareTrees } from './oracle/compare-trees.ts';
import type { Finding } from './oracle/ledger.ts';
import type { Plan } from './plan/plan.ts';

/** Milliseconds in which all must be the same everywhere once nothing goes wrong any more. */
const CONVERGENCE_MS = 5 * 60_000;
/** As long as every folder is scanned once, where events vanish without a word. */
const SILENT_CONVERGENCE_MS = 45 * 60_000;
/** Milliseconds in which nothing may happen any more after that. */
const STABLE_MS = 65_000;
/** Milliseconds in which every client must say at one moment how it is: while it looks again at its folder, it does not. */
const SAYING_MS = 30_000;
/** Milliseconds between two looks. */
const LOOK_MS = 1_000;
/** Milliseconds after which what is on its way has arrived. */
const GRACE_MS = 5_000;

export interface Played {
  readonly findings: readonly Finding[];
  /** Equal for runs in which the same happened. */
  readonly digest: string;
  readonly trace: readonly string[];
  readonly faults: number;
  /** Virtual milliseconds. */
  readonly took: number;
}

/** Plays a plan to its end, lets the world heal, and tells which rules were broken. */
export async function playPlan(plan: Plan, { keepTrace = false } = {}): Promise<Played> {
  const world = new World(plan, keepTrace);
  for (const machine of world.machines) machine.start();
  for (const step of plan.steps) world.time.after(step.at, () => world.perform(step));
  const isBroken = (): boolean => world.ledger.findings.length > 0;
  await world.time.run(endOf(plan) + 2_000, isBroken);
  if (!isBroken()) await settle(world, plan, isBroken);
  return {
    findings: world.ledger.findings,
    digest: world.trace.digest,
    trace: world.trace.lines ?? [],
    faults: world.machines.reduce((sum, { link }) => sum + link.count, 0),
    took: world.time.now,
  };
}

/** When the last act is over, those that take a while too. Milliseconds since the beginning. */
function endOf({ steps }: Plan): number {
  const ends = steps.map(({ at, act }) => at + ('ms' in act ? act.ms : 'pause' in act ? 2 * act.pause : 0));
  return Math.max(0, ...ends);
}

async function settle(world: World, plan: Plan, isBroken: () => boolean): Promise<void> {
  const { time, ledger } = world;
  for (const machine of world.machines) machine.heal();
  world.note('all is healed');
  const limit = time.now + (plan.silentLoss > 0 ? SILENT_CONVERGENCE_MS : CONVERGENCE_MS);
  for (;;) {
    await time.run(time.now + LOOK_MS, isBroken);
    if (isBroken()) return;
    const isQuiet = time.now - world.lastChange > GRACE_MS && world.machines.every(({ isHearing }) => isHearing);
    if (isQuiet && differencesOf(world, 'all').length === 0 && isSettled(world)) break;
    if (time.now < limit) continue;
    // What is told as a problem may stay different for as long as the problem is there.
    const differences = differencesOf(world, 'untold');
    for (const difference of differences) ledger.find(difference.startsWith('!') ? 'I23' : 'I1', difference);
    if (differences.length > 0) return;
    const left = unsettled(world);
    if (left.length > 0 && time.now < limit + SAYING_MS) continue;
    for (const line of left) ledger.find('I23', line);
    return;
  }
  const quietSince = time.now;
  await time.run(time.now + STABLE_MS, isBroken);
  if (world.lastChange > quietSince)
    ledger.find('I1', `something happened ${((world.lastChange - quietSince) / 1000).toFixed(1)} s after all was the same`);
}

/** What is not everywhere as the server says, or only what no client told of; with `!` where the client says that it is. */
function differencesOf(world: World, which: 'all' | 'untold'): string[] {
  return world.directories.flatMap((directory) => {
    const heads = world.server.directory(directory).live();
    return world.machines.flatMap((machine) => {
      const folder = machine.folders.get(directory)!;
      const sync = machine.sync(directory);
      const status = sync === null ? null : directoryStatus(sync);
      const told = which === 'all' ? [] : (status?.problems.map(({ path }) => path) ?? []);
      return compareTrees(folder.tree.root, heads, folder.where.patterns)
        .filter((line) => !told.some((path) => line.startsWith(`${path}:`) || line.startsWith(`${path}/`)))
        .map((line) => `${status?.in_sync === true ? '!' : ''}client ${machine.index} ${directory}/${line}`);
    });
  });
}

const isSettled = (world: World): boolean => unsettled(world).length === 0;

/** Clients that have everything and do not say so, or nothing to say. */
function unsettled(world: World): string[] {
  return world.directories.flatMap((directory) => world.machines.flatMap((machine) => unsettledOf(machine, directory)));
}

function unsettledOf(machine: Machine, directory: string): string[] {
  const sync = machine.sync(directory);
  if (sync === null) return [`client ${machine.index} ${directory} does not run`];
  const status = directoryStatus(sync);
  if (status.in_sync) return [];
  const reasons = status.problems.map(({ path, code }) => `${path} ${code}`);
  if (reasons.length > 0 && sync.progress.isStuck) return [];
  return [
    `client ${machine.index} ${directory} has everything and says ${status.state}: ${JSON.stringify(status.pending)} ${reasons.join()}`,
  ];
}
