import { type ChildProcess, type SpawnOptions, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import { type Capability, ownCapabilities } from './capabilities.ts';
import { closedFolder } from './closed-folder.ts';
import { EmbeddedPostgresError } from './error.ts';

const run = promisify(execFile);

export interface LaunchOptions {
  readonly cwd: string;
  readonly stdio: SpawnOptions['stdio'];
  /** What the kernel sends when this process is gone, however it went; Linux only. */
  readonly deathSignal: 'INT' | 'KILL';
}

/** Starts a program as the account PostgreSQL runs as. The child's pid is the program's. */
export type Launch = (program: string, args: readonly string[], options: LaunchOptions) => ChildProcess;

/** Without these a root cannot keep files and processes that belong to another user. */
const NEEDED: readonly Capability[] = ['chown', 'dac_override', 'kill', 'setgid', 'setuid'];

/**
 * Decides how programs are started as `account`.
 *
 * As root the account must reach binaries and data. Where a folder above them is closed to it, the programs get one ambient capability:
 * `dac_read_search`, which lets them pass and read but not write, or `dac_override` where a container has only that. PostgreSQL also asks
 * access(2) about its own binary, which ignores a capability unless the securebit `no_setuid_fixup` is set.
 *
 * @param account null: as whoever we are
 * @param folders absolute real paths that the programs must reach
 * @throws EmbeddedPostgresError `no_account`, `unreachable_folder`
 */
export async function prepareLaunch(account: Account | null, folders: readonly string[]): Promise<Launch> {
  const help = process.platform === 'linux' ? await setprivHelp() : '';
  const capability = account === null ? null : await neededCapability(account, folders, help);
  const identity = account === null ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const capabilities =
    capability === null ? [] : ['--securebits=+no_setuid_fixup', `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  const env = cleanEnvironment();

  return (program, args, { cwd, stdio, deathSignal }) => {
    // A session of its own: Ctrl-C in a terminal is for the server, which stops PostgreSQL last.
    const common: SpawnOptions = { cwd, stdio, env, detached: process.platform !== 'win32' };
    if (help === '') return spawn(program, args, { ...common, ...(account ?? {}) });
    const death = help.includes('--pdeathsig') ? [`--pdeathsig=${deathSignal}`] : [];
    return spawn('setpriv', [...identity, ...capabilities, ...death, '--', program, ...args], common);
  };
}

/** Empty where there is no such program. */
async function setprivHelp(): Promise<string> {
  try {
    return (await run('setpriv', ['--help'])).stdout;
  } catch {
    return '';
  }
}

async function neededCapability(account: Account, folders: readonly string[], help: string): Promise<Capability | null> {
  const own = process.platform === 'linux' ? await ownCapabilities() : null;
  const missing = own === null ? [] : NEEDED.filter((name) => !own.has(name));
  if (missing.length > 0) {
    throw new EmbeddedPostgresError(
      'no_account',
      `PostgreSQL does not run as root, and this root may not run it as user ${account.uid} (it lacks ${missing.join(', ')}): ` +
        'run as another user, or give --database-url',
    );
  }
  const closed = (await Promise.all(folders.map((folder) => closedFolder(folder, account)))).find((folder) => folder !== null);
  if (closed === undefined) return null;
  if (own !== null && own.has('setpcap') && help.includes('--ambient-caps'))
    return own.has('dac_read_search') ? 'dac_read_search' : 'dac_override';
  throw new EmbeddedPostgresError(
    'unreachable_folder',
    `PostgreSQL runs as user ${account.uid} because this is root, and that user cannot enter ${closed}: ` +
      'run as another user, choose a --storage-dir elsewhere, or give --database-url',
  );
}

/** Ours, without what would steer PostgreSQL from outside or translate its messages. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|TZ$)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
