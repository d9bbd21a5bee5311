import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresLog } from './log.ts';
import { postgresProcessesIn } from './processes.ts';
import { isSystemError } from './system-error.ts';

/** Each in turn, until nobody is left: fast shutdown, immediate shutdown, the kernel. */
const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;
const PATIENCE_MS = 5_000;
const POLL_MS = 20;

/**
 * Stops what a killed server left running in these data directories, and removes the pid files that it left, which would make the next
 * postmaster refuse to start when the pid belongs to a stranger by now. Call it under the storage lock only.
 *
 * @param folder the one initdb is started in
 */
export async function stopSurvivors(folder: string, dataDirs: readonly string[], log: PostgresLog): Promise<void> {
  const folders = [folder, ...dataDirs];
  for (const signal of SIGNALS) {
    const survivors = await postgresProcessesIn(folders);
    const roots = survivors.filter(({ root }) => root);
    if (roots.length === 0) break;
    log.warn(`stopping PostgreSQL (process ${roots.map(({ pid }) => pid).join(', ')}) that outlived its server, with ${signal}`);
    for (const { pid } of signal === 'SIGKILL' ? survivors : roots) signalIfThere(pid, signal);
    if (await allGone(folders)) break;
  }
  // Windows has nothing here that tells a stranger from a postmaster: PostgreSQL's own check decides there.
  if (process.platform === 'win32') return;
  for (const dataDir of dataDirs) await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

async function allGone(folders: readonly string[]): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    if ((await postgresProcessesIn(folders)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error;
  }
}
