import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildEnd, endOf } from './child-end.ts';
import { type Cluster, dataDirOf } from './data-directory.ts';
import { makeOwnedFolder } from './owned-files.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { followLog } from './server-log.ts';
import { settings } from './settings.ts';
import { startFailure } from './start-failure.ts';
import { tailOf } from './tail.ts';

/** A running server. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<ChildEnd>;
  /** Fast shutdown, then immediate shutdown; resolves when it is gone. */
  stop(): Promise<void>;
}

const POLL_MS = 10;

/** A stop is complete within 5 s, the time that a service manager or a person waits. The last one cannot be refused. */
const STOP_STEPS = [
  { signal: 'SIGINT', patienceMs: 3_500 },
  { signal: 'SIGQUIT', patienceMs: 1_000 },
  { signal: 'SIGKILL', patienceMs: 60_000 },
] as const;

/**
 * Starts PostgreSQL on a data directory that exists, and waits until it takes connections. Recovery after a crash may take its time: there
 * is no limit but the process's own end and `signal`.
 *
 * @throws EmbeddedPostgresError `out_of_space`, `start_failed`; the signal's reason
 */
export async function startPostmaster(cluster: Cluster, port: number, signal?: AbortSignal): Promise<Postmaster> {
  const { folder, account, binaries, launch, durable } = cluster;
  signal?.throwIfAborted();
  const dataDir = dataDirOf(folder);
  const logDir = join(folder, 'log');
  await makeOwnedFolder(logDir, account);
  const newInLog = await followLog(logDir);
  const args = ['-D', dataDir, ...settings(port, logDir, durable)];
  const child = launch(binaries.postgres, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], deathSignal: 'INT' });
  const words = tailOf(child.stderr);
  const gone = endOf(child);
  let end: ChildEnd | null = null;
  // Where no death signal exists this is the next best; what a kill -9 leaves running is the next start's to stop.
  const atExit = (): void => void child.kill('SIGINT');
  process.once('exit', atExit);
  void gone.then((how) => {
    end = how;
    process.off('exit', atExit);
  });

  while (!(await isReady(dataDir, child.pid))) {
    const ended = end as ChildEnd | null;
    if (ended !== null) throw startFailure(`PostgreSQL on ${dataDir} ${ended.how}`, `${words()}\n${await newInLog()}`.trim());
    if (signal?.aborted === true) {
      await stop(child, gone);
      signal.throwIfAborted();
    }
    await sleep(POLL_MS);
  }
  // A program that has nothing else to do may end; the kernel or the exit hook then ends PostgreSQL.
  setKeepsAlive(child, false);
  return { pid: child.pid ?? 0, gone, stop: () => stop(child, gone) };
}

async function isReady(dataDir: string, pid: number | undefined): Promise<boolean> {
  const state = await readPostmasterPid(dataDir);
  return state?.ready === true && state.pid === pid;
}

function setKeepsAlive(child: ChildProcess, alive: boolean): void {
  const handles = [child, ...(child.stderr instanceof Socket ? [child.stderr] : [])];
  for (const handle of handles) {
    if (alive) handle.ref();
    else handle.unref();
  }
}

async function stop(child: ChildProcess, gone: Promise<ChildEnd>): Promise<void> {
  setKeepsAlive(child, true);
  for (const { signal, patienceMs } of STOP_STEPS) {
    child.kill(signal);
    const timer = new AbortController();
    const done = await Promise.race([gone.then(() => true), sleep(patienceMs, false, { signal: timer.signal }).catch(() => false)]);
    timer.abort();
    if (done) return;
  }
}
