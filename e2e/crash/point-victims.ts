import { Injection } from './injection.ts';
import { type Calls, type PointVictim, work } from './kill-points.ts';

/** From its first instruction on: opening the state, cleaning up, the first scan, and the work that waits for it. */
export const CLIENT_POINTS: PointVictim = {
  name: 'client',
  trace: async (scene, point, log) => {
    const { bob } = scene;
    await bob.stop();
    work(scene);
    return Injection.start(point, log, ['--log-level', 'debug', 'client', '--file', bob.config], bob.place);
  },
  restart: ({ bob }) => bob.start(),
};

/** Once it is ready: its PostgreSQL, a process of its own, is another part's victim. */
export const SERVER_POINTS: PointVictim = {
  name: 'server',
  trace: async (scene, point, log) => {
    const injection = await Injection.attach(point, log, scene.server.process.pid);
    work(scene);
    return injection;
  },
  restart: async ({ server }, wasStruck) => {
    if (!wasStruck) return;
    await server.process.ended;
    await server.start();
  },
};

/** Calls that name, unname or flush are few, and each of them is tried; those that open and write are many. */
export const CLIENT_CALLS: readonly Calls[] = [
  ...['rename', 'renameat2', 'link', 'unlink', 'fsync', 'fdatasync'].map((call) => ({ call, step: 1 })),
  { call: 'pwrite64', step: 5 },
  { call: 'write', step: 9 },
  { call: 'openat', step: 25 },
];

export const SERVER_CALLS: readonly Calls[] = [
  ...['rename', 'renameat2', 'link', 'unlink', 'fsync', 'fdatasync'].map((call) => ({ call, step: 1 })),
  { call: 'pwrite64', step: 3 },
  { call: 'write', step: 9 },
  { call: 'openat', step: 9 },
];
