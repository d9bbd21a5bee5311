import { setTimeout as delay } from 'node:timers/promises';
import { familyOf } from '../harness/memory.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { until } from '../harness/until.ts';
import type { Victim } from './random-kills.ts';

/** Milliseconds for a server to be ready again, recovery of its PostgreSQL and a busy machine included. */
const READY_WITHIN_MS = 90_000;

export const CLIENT: Victim = {
  name: 'client',
  files: 150,
  latestMs: 1_600,
  strike: async ({ alice, bob, random }) => {
    const client = random.pick([alice, bob]);
    await client.kill();
    client.launch();
  },
  revive: (scene) => {
    for (const { id, isRunning } of scene.clients) if (!isRunning) scene.failures.push(`${id} ended by itself after a kill`);
    return Promise.resolve();
  },
};

export const SERVER: Victim = {
  name: 'server',
  files: 150,
  latestMs: 4_500,
  strike: async ({ server }) => {
    await server.kill();
    // It may be killed again before it is ready.
    server.start().catch(() => undefined);
  },
  revive: async ({ server }) => {
    await until('the server is ready', () => isHealthy(server), { within: READY_WITHIN_MS });
  },
};

/** Kills the main process of PostgreSQL, or one of the processes that serve connections; the server has to bring it back by itself. */
export const POSTGRES: Victim = {
  name: 'postgres',
  files: 150,
  latestMs: 3_000,
  strike: async ({ server, random }) => {
    const postmaster = server.postgresPid;
    if (postmaster === null) return delay(100);
    const pid = random.below(2) === 0 ? postmaster : random.pick(familyOf(postmaster));
    kill(pid);
  },
  revive: async ({ server }) => {
    await until('the server is ready', () => isHealthy(server), { within: READY_WITHIN_MS });
  },
};

/** Each of them in turn, for a short look at all. */
export const ANYBODY: Victim = {
  name: 'anybody',
  files: 15,
  latestMs: 1_500,
  strike: (scene, kill) => ([CLIENT, SERVER, POSTGRES][kill % 3] as Victim).strike(scene, kill),
  revive: async (scene) => {
    for (const victim of [CLIENT, SERVER, POSTGRES]) await victim.revive(scene);
  },
};

/** Its health says that both services and PostgreSQL are at work. */
async function isHealthy(server: ServerProcess): Promise<true | undefined> {
  const answer = await fetch(`${server.url}/health`).catch(() => null);
  return answer?.ok === true ? true : undefined;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
