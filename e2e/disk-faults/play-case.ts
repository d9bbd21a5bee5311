import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../harness/client-process.ts';
import type { Random } from '../harness/random.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { stabilise } from '../harness/stabilise.ts';
import { readTree } from '../harness/tree.ts';
import { until } from '../harness/until.ts';
import type { FaultCase } from './fault-case.ts';
import { Injector } from './injector.ts';
import { Load } from './load.ts';

/** Milliseconds in which the work under faults comes as far as it can. */
const UNDER_FAULTS_MS = 2_500;
/** Milliseconds for the clients to mend everything by themselves: the longest pause before a try again is 30 s. */
const MENDED_WITHIN_MS = 90_000;

export interface FaultStage {
  readonly server: ServerProcess;
  /** Works under faults. */
  readonly victim: ClientProcess;
  readonly other: ClientProcess;
  /** For what strace writes. */
  readonly folder: string;
}

export interface FaultResult {
  /** Calls that failed. */
  readonly injected: number;
  /** Problems that `status` of a client told while calls failed. */
  readonly told: number;
  /** What must not be; a line each. */
  readonly wrong: readonly string[];
}

/** Lets two authors work, each in a folder of their own, while calls of one process fail, and looks at what became of it. */
export async function playCase(stage: FaultStage, fault: FaultCase, random: Random, name: string): Promise<FaultResult> {
  const { server, victim, other } = stage;
  const wrong: string[] = [];
  const loads = [new Load(victim.folder, `${name} up`, random), new Load(other.folder, `${name} down`, random)] as const;
  for (const load of loads) load.prepare();
  await bothHave(stage, loads);

  const pid = fault.side === 'client' ? victim.process.pid : server.process.pid;
  const injector = await Injector.attach(pid, fault, join(stage.folder, 'trace'));
  let told = 0;
  try {
    for (const load of loads) load.act();
    const end = performance.now() + UNDER_FAULTS_MS;
    while (performance.now() < end && !(injector.injected >= fault.count && (await isSettled(stage)))) {
      told = Math.max(told, await problemsOf(victim));
      wrong.push(...(await foreignBytes(stage, loads)));
      await delay(50);
    }
  } finally {
    wrong.push(...(victim.isRunning ? [] : ['the client ended']), ...(server.process.isRunning ? [] : ['the server ended']));
  }
  const injected = await injector.detach();
  if (wrong.length > 0) return { injected, told, wrong: [...new Set(wrong)] };
  try {
    const tree = await stabilise([victim, other], { within: MENDED_WITHIN_MS });
    for (const load of loads) wrong.push(...load.differences(tree));
  } catch (error) {
    wrong.push(`not mended: ${(error as Error).message}`);
  }
  return { injected, told, wrong };
}

async function bothHave({ victim, other }: FaultStage, loads: readonly Load[]): Promise<void> {
  let missing: string[] = [];
  const look = async (): Promise<true | undefined> => {
    const trees = await Promise.all([victim, other].map(({ folder }) => readTree(folder)));
    missing = trees.flatMap((tree) => loads.flatMap((load) => load.differences(tree)));
    return missing.length === 0 ? true : undefined;
  };
  await until('what is there before', look, { within: 60_000 }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${missing.slice(0, 5).join(', ')}`);
  });
  await until('both are in sync', async () => ((await isSettled({ victim, other })) ? true : undefined), { within: 60_000 });
}

async function isSettled({ victim, other }: Pick<FaultStage, 'victim' | 'other'>): Promise<boolean> {
  const both = await Promise.all([victim, other].map((client) => client.status()));
  return both.every(({ directories }) => directories.every(({ in_sync: inSync }) => inSync));
}

const problemsOf = async (client: ClientProcess): Promise<number> =>
  (await client.status()).directories.reduce((sum, { problems }) => sum + problems.length, 0);

/** What lies at a final name and was never written there, on the side that did not write it: that one gets whole files only. */
async function foreignBytes({ victim, other }: FaultStage, [up, down]: readonly [Load, Load]): Promise<string[]> {
  const [atVictim, atOther] = await Promise.all([readTree(victim.folder), readTree(other.folder)]);
  return [
    ...down.foreign(atVictim).map((path) => `${path} at the client holds bytes that nobody wrote`),
    ...up.foreign(atOther).map((path) => `${path} at the other client holds bytes that nobody wrote`),
  ];
}
