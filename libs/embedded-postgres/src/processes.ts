import { execFile } from 'node:child_process';
import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { readPostmasterPid } from './postmaster-pid.ts';

const run = promisify(execFile);

/** A running program of PostgreSQL. */
export interface PostgresProcess {
  readonly pid: number;
  /** No other of the found processes is its parent: a postmaster, an initdb, or an orphan. */
  readonly root: boolean;
}

/**
 * The programs of PostgreSQL that work in one of these folders.
 *
 * On Linux the kernel tells: a postmaster and all its children have the data directory as working directory. A pid file is not asked, for
 * its pid may long belong to a stranger. Elsewhere the pid file's process counts when its command line names the data directory.
 *
 * @param folders data directories, and the folder initdb is started in
 */
export async function postgresProcessesIn(folders: readonly string[]): Promise<PostgresProcess[]> {
  if (process.platform === 'linux') return linuxProcessesIn(folders);
  if (process.platform === 'win32') return [];
  const found = await Promise.all(folders.map(postmasterByCommandLine));
  return found.filter((pid) => pid !== null).map((pid) => ({ pid, root: true }));
}

async function linuxProcessesIn(folders: readonly string[]): Promise<PostgresProcess[]> {
  const wanted = new Set(await Promise.all(folders.map(identity)));
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const found: { pid: number; parent: number }[] = [];
  for (const pid of pids) {
    try {
      if (!wanted.has(await identity(`/proc/${pid}/cwd`))) continue;
      // The kernel appends ` (deleted)` when the program was replaced by an upgrade.
      const program = basename((await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ''));
      if (program !== 'postgres' && program !== 'initdb') continue;
      found.push({ pid: Number(pid), parent: parentIn(await readFile(`/proc/${pid}/stat`, 'latin1')) });
    } catch {
      // Ended meanwhile, or another user's, and then not ours: our data directories have one owner.
    }
  }
  const all = new Set(found.map(({ pid }) => pid));
  return found.map(({ pid, parent }) => ({ pid, root: !all.has(parent) }));
}

async function identity(path: string): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}`;
}

/** Field 4 of proc_pid_stat(5); the name before it is in parentheses and may hold anything. */
function parentIn(statLine: string): number {
  return Number(statLine.slice(statLine.lastIndexOf(')') + 2).split(' ')[1]);
}

async function postmasterByCommandLine(dataDir: string): Promise<number | null> {
  const pid = (await readPostmasterPid(dataDir))?.pid;
  if (pid === undefined) return null;
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('postgres') && stdout.includes(basename(dirname(dataDir))) && stdout.includes(dataDir) ? pid : null;
  } catch {
    // `ps` fails when there is no such process.
    return null;
  }
}
