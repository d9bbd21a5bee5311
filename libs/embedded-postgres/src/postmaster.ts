import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, dataDirOf, startFailure } from './data-directory.ts';
import { makeOwnedFolder } from './owned-files.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { settings } from './settings.ts';
import { tailOf } from './tail.ts';

/** A running server. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves with a description when it is gone, for whatever reason. */
  readonly gone: Promise<string>;
  /** Fast shutdown, then immediate shutdown; resolves when it is gone. */
  stop(): Promise<void>;
}

const POLL_MS = 10;

/** A stop is complete within 5 s, the time that a service manager or a person waits. */
const FAST_MS = 3_500;
const IMMEDIATE_MS = 1_000;

/**
 * Starts PostgreSQL on a data directory that exists, and waits until it takes connections. Recovery after a crash may take its time: there
 * is no limit but the process's own end.
 *
 * @throws EmbeddedPostgresError `out_of_space`, `start_failed`
 */
export async function startPostmaster(cluster: Cluster, port: number): Promise<Postmaster> {
  const { folder, account, binaries, launch, durable } = cluster;
  const dataDir = dataDirOf(folder);
  const logDir = join(folder, 'log');
  await makeOwnedFolder(logDir, account);
  const since = Date.now();
  const args = ['-D', dataDir, ...settings(port, logDir, durable)];
  const child = launch(binaries.postgres, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], deathSignal: 'INT' });
  const words = tailOf(child.stderr);
  const gone = goneOf(child);
  // Where no death signal exists this is the next best; a kill -9 is then left to the next start.
  const atExit = (): void => void child.kill('SIGINT');
  process.once('exit', atExit);
  void gone.then(() => process.off('exit', atExit));

  let ended: string | null = null;
  void gone.then((how) => (ended = how));
  for (;;) {
    if (ended !== null) throw startFailure(`PostgreSQL on ${dataDir} ${ended as string}`, await lastWords(words(), logDir, since));
    const state = await readPostmasterPid(dataDir);
    if (state?.ready === true && state.pid === child.pid) break;
    await sleep(POLL_MS);
  }
  // A program that has nothing else to do may end; the kernel or the exit hook then ends PostgreSQL.
  setKeepsAlive(child, false);
  return { pid: child.pid, gone, stop: () => stop(child, gone) };
}

async function goneOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}`;
  } catch (error) {
    return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function setKeepsAlive(child: ChildProcess, alive: boolean): void {
  const { stderr } = child;
  if (alive) child.ref();
  else child.unref();
  if (stderr instanceof Socket) {
    if (alive) stderr.ref();
    else stderr.unref();
  }
}

async function stop(child: ChildProcess, gone: Promise<string>): Promise<void> {
  setKeepsAlive(child, true);
  for (const [signal, patience] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', null],
  ] as const) {
    child.kill(signal);
    if (patience === null) break;
    const timer = new AbortController();
    const done = await Promise.race([gone.then(() => true), sleep(patience, false, { signal: timer.signal }).catch(() => false)]);
    timer.abort();
    if (done) return;
  }
  await gone;
}

/** What it said before its log took over, and the grave lines of the log since. */
async function lastWords(stderr: string, logDir: string, since: number): Promise<string> {
  const lines = stderr.split('\n');
  for (const name of await readdir(logDir)) {
    const path = join(logDir, name);
    if ((await stat(path)).mtimeMs < since - 1_000) continue;
    lines.push(...(await readFile(path, 'utf8')).slice(-4_000).split('\n').slice(-20));
  }
  return lines
    .filter((line) => /FATAL|PANIC|ERROR|HINT|No space left|could not|cannot/.test(line))
    .slice(-6)
    .join('; ');
}
