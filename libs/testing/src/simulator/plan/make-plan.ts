import { MAX_FRAME_BYTES } from '@syncpair/contracts';
import { NO_FAULTS } from '../network/simulated-link.ts';
import { BEGINNING_MS } from '../world/virtual-time.ts';
import { Random } from '../world/random.ts';
import type { Act, ClientPlan, MachineAct, Plan, Step, UserAct } from './plan.ts';

/** What a plan is to have; what is left out, the seed decides. */
export interface PlanWish {
  readonly seed: number;
  readonly clients?: number;
  readonly steps?: number;
  readonly faults?: boolean;
}

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** Names that are files, folders and links by turns; two that differ by case, two by Unicode form, and some that patterns concern. */
const FOLDERS = ['a', 'b', 'A', 'k', 'cache', 'e\u0301', '\u00e9'] as const;
const FILES = ['f', 'g', 'F', 'n.tmp', 'o', 'a', 'b'] as const;
const PATTERNS = ['*.tmp', 'cache/**', 'k/', 'o'] as const;

const USER_WEIGHTS: Readonly<Record<UserAct['do'], number>> = {
  write: 30,
  append: 8,
  rewrite: 6,
  save: 8,
  backup: 4,
  delete: 14,
  rename: 16,
  copy: 3,
  mkdir: 5,
  swap: 5,
  chmod: 4,
  touch: 4,
  close: 1,
};

const MACHINE_WEIGHTS: Readonly<Record<MachineAct['do'], number>> = {
  start: 12,
  stop: 6,
  kill: 6,
  strike: 8,
  power: 4,
  offline: 8,
  streamcut: 5,
  root: 2,
  forget: 1.5,
  deaf: 3,
  ignore: 2,
};

/** The plan that a seed stands for. */
export function makePlan(wish: PlanWish): Plan {
  const random = new Random(`plan ${wish.seed}`);
  const clients = wish.clients ?? random.pick([2, 2, 2, 3, 3, 4, 5]);
  const count = wish.steps ?? random.pick([4, 8, 12, 16, 24, 40]);
  const hasFaults = wish.faults ?? random.chance(0.75);
  const directories = random.chance(0.15) ? 2 : 1;
  const rate = (most: number): number => (hasFaults && random.chance(0.5) ? random.between(0, most) : 0);
  return {
    seed: String(wish.seed),
    clients: Array.from({ length: clients }, () => makeClient(random)),
    directories,
    network: hasFaults
      ? {
          lostRequests: rate(0.15),
          lostReplies: rate(0.2),
          lateRequests: rate(0.8),
          cutStreams: rate(0.1),
          reorderedEvents: rate(0.3),
          repeatedEvents: rate(0.2),
          bareEvents: rate(0.2),
        }
      : NO_FAULTS,
    silentLoss: hasFaults && random.chance(0.06) ? random.between(0, 0.4) : 0,
    steps: makeSteps(random, { clients, directories, count, hasFaults }),
  };
}

function makeClient(random: Random): ClientPlan {
  const skew = random.chance(0.5) ? 0 : random.pick([1, -1]) * random.pick([2_000, 60_000, HOUR, 30 * HOUR, YEAR, 5 * YEAR]);
  const ignore = random.chance(0.7) ? [] : PATTERNS.filter(() => random.chance(0.5));
  return { skew, ignore };
}

function makeSteps(
  random: Random,
  { clients, directories, count, hasFaults }: { clients: number; directories: number; count: number; hasFaults: boolean },
): Step[] {
  const steps: Step[] = [];
  const folders = FOLDERS.filter(() => random.chance(0.5));
  const files = FILES.filter(() => random.chance(0.6));
  const paths = new Paths(random, folders.length > 0 ? folders : ['a'], files.length > 0 ? files : ['f']);
  const machine = hasFaults ? random.pick([0, 0.1, 0.25]) : random.pick([0, 0, 0.1]);
  const pace = random.pick([5, 60, 400, 3_000]);
  let at = random.chance(0.5) ? 0 : 200;
  for (let index = 0; index < count; index++) {
    at += random.chance(0.3) ? random.between(0, 5) : random.between(0, pace);
    if (random.chance(0.05)) at += random.between(0, 20_000);
    const act: Act = random.chance(machine) ? machineAct(random, hasFaults) : userAct(random, paths, `${index}`);
    steps.push({ at: Math.round(at * 10) / 10, client: random.below(clients), directory: random.below(directories), act });
  }
  return steps;
}

/** Paths that are soon met again. */
class Paths {
  readonly #random: Random;
  readonly #folders: readonly string[];
  readonly #files: readonly string[];

  constructor(random: Random, folders: readonly string[], files: readonly string[]) {
    this.#random = random;
    this.#folders = folders;
    this.#files = files;
  }

  file(): string {
    return this.#below(this.#random.pick([0, 0, 1, 1, 1, 2, 3]), this.#random.pick(this.#files));
  }

  folder(): string {
    return this.#below(this.#random.pick([0, 0, 1, 1, 2]), this.#random.pick(this.#folders));
  }

  any(): string {
    return this.#random.chance(0.5) ? this.file() : this.folder();
  }

  #below(depth: number, name: string): string {
    let path = name;
    for (let level = 0; level < depth; level++) path = `${this.#random.pick(this.#folders)}/${path}`;
    return path;
  }
}

function userAct(random: Random, paths: Paths, text: string): UserAct {
  const size = random.chance(0.02)
    ? MAX_FRAME_BYTES + random.below(600_000)
    : random.chance(0.08)
      ? 20_000 + random.below(60_000)
      : random.below(60);
  const pause = random.pick([0, 2, 15, 120, 500]);
  const kind = random.weighted(USER_WEIGHTS);
  switch (kind) {
    case 'write':
      return { do: kind, path: paths.file(), text, size };
    case 'append':
      return { do: kind, path: paths.file(), text };
    case 'rewrite':
    case 'save':
    case 'backup':
      return { do: kind, path: paths.file(), text, size, pause };
    case 'delete':
      return { do: kind, path: paths.any() };
    case 'rename':
    case 'copy':
      return { do: kind, path: paths.any(), to: paths.any() };
    case 'mkdir':
      return { do: kind, path: paths.folder() };
    case 'swap':
      return { do: kind, path: paths.any(), kind: random.pick(['file', 'dir', 'link'] as const), text };
    case 'chmod':
      return { do: kind, path: paths.file() };
    case 'touch': {
      const mtime = random.pick([
        0,
        -5 * YEAR,
        BEGINNING_MS - YEAR,
        BEGINNING_MS - 1_000,
        BEGINNING_MS + 2 * HOUR,
        BEGINNING_MS + 100 * YEAR,
      ]);
      return { do: kind, path: paths.file(), mtime: mtime + random.below(1_000) };
    }
    case 'close':
      return { do: kind, path: paths.folder(), ms: random.between(100, 6_000) };
  }
}

function machineAct(random: Random, hasFaults: boolean): MachineAct {
  const kind = hasFaults ? random.weighted(MACHINE_WEIGHTS) : random.pick(['start', 'stop', 'offline'] as const);
  const ms = Math.round(random.pick([50, 500, 4_000, 20_000]) * random.between(0.5, 1.5));
  switch (kind) {
    case 'start':
    case 'stop':
    case 'kill':
    case 'power':
    case 'streamcut':
    case 'forget':
      return { do: kind };
    case 'offline':
    case 'strike':
    case 'deaf':
      return { do: kind, ms };
    case 'root':
      return { do: kind, how: random.pick(['gone', 'replaced'] as const), ms };
    case 'ignore':
      return { do: kind, patterns: PATTERNS.filter(() => random.chance(0.3)) };
  }
}
