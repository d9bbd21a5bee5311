import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readTree } from '../harness/tree.ts';
import { type Injection, type KillPoint, canTrace } from './injection.ts';
import type { PartOptions, Played } from './part.ts';
import { playScene } from './play-scene.ts';
import type { Scene } from './scene.ts';

/** Who is killed, and how it is traced. */
export interface PointVictim {
  readonly name: 'client' | 'server';
  /** Puts it under the tracer, with work to do that it has not begun. */
  readonly trace: (scene: Scene, point: KillPoint, log: string) => Promise<Injection>;
  /** Brings it back by a plain start. */
  readonly restart: (scene: Scene, wasStruck: boolean) => Promise<void>;
}

/** A kind of call, and which of its calls are tried: every one, or every `step`th. */
export interface Calls {
  readonly call: string;
  readonly step: number;
  /** The first that is tried. */
  readonly first?: number;
  /** So many are tried at most; all until a run comes through untouched where nothing is given. */
  readonly most?: number;
}

/** Bytes; large enough to travel by itself. */
const LARGE = 1_500_000;
const LOOK_EVERY_MS = 40;

/** Kills a victim at the entry of its Nth call of each kind, N after N, until it comes through a whole run of work untouched. */
export function killPoints(victim: PointVictim, kinds: readonly Calls[], { seed, calls, tell }: PartOptions): Promise<Played> {
  if (!canTrace()) return Promise.resolve({ counts: 'not played', failures: ['strace cannot trace here'], logs: '' });
  const tried: string[] = [];
  return playScene({ seed, files: 12, tell, oneThread: true }, async (scene) => {
    for (const { call, step, first = 1, most = Number.POSITIVE_INFINITY } of kinds) {
      if (calls?.includes(call) === false) continue;
      let struck = 0;
      for (let when = first; struck < most && scene.failures.length === 0; when += step) {
        if (!(await isStruck(scene, victim, { call, when }))) break;
        struck += 1;
      }
      tried.push(`${struck} ${call}${step === 1 ? '' : ` (each ${step}th)`}`);
      scene.done = [`killed at ${tried.join(', ')}`];
      tell(`${victim.name}: killed at ${tried.at(-1)}`);
    }
  });
}

async function isStruck(scene: Scene, victim: PointVictim, point: KillPoint): Promise<boolean> {
  const log = join(scene.folder, 'strace.log');
  rmSync(log, { force: true });
  const injection = await victim.trace(scene, point, log);
  while (!injection.isOver && !(await isDone(scene))) await delay(LOOK_EVERY_MS);
  await injection.end();
  const { struck } = injection;
  await victim.restart(scene, struck);
  await scene.settle(`after ${point.call} number ${point.when} of the ${victim.name}`);
  return struck;
}

/** What was to be done is done everywhere. */
async function isDone({ clients, load }: Scene): Promise<boolean> {
  for (const { folder } of clients) if (load.missingIn(await readTree(folder)).length > 0) return false;
  return (await Promise.all(clients.map((client) => client.status()))).every(({ directories }) => directories.every((one) => one.in_sync));
}

/** Alice changes what bob gets, and bob what he sends: new, changed, large and removed files each way. */
export function work({ load, alice, bob }: Scene): void {
  for (const client of [alice, bob]) {
    load.save(client, 0, LARGE);
    for (let n = 1; n < 5; n += 1) load.save(client, n, n * 700);
    load.toggle(client, 5);
    load.toggle(client, 6);
  }
}
