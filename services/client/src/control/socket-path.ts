import { createHash } from 'node:crypto';
import { type Stats, existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** Bytes of a Unix socket's path that every system takes: 104 with the NUL on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 103;

/**
 * A directory's socket is named after the real path of its folder, so that every configuration that names the folder finds its daemon,
 * also after the configuration was edited, copied or moved. Two daemons cannot hold one folder.
 */
function socketName(localPath: string): string {
  return createHash('sha256').update(realPath(localPath)).digest('hex').slice(0, 24);
}

/** The real path, also of a folder that does not exist yet: then that of the part that does. */
function realPath(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute) || dirname(absolute) === absolute) return realpathSync(absolute);
  return join(realPath(dirname(absolute)), basename(absolute));
}

/** Asked of the process, not of the system's list of users: in a container a user need not be in it. */
const ownUid = (): number | undefined => process.geteuid?.();

/**
 * Folders where the sockets of this user may lie, the best first. A daemon of a service manager and a command in a cron job see different
 * environments: the command looks into all.
 */
function candidateFolders(env: NodeJS.ProcessEnv): string[] {
  const uid = ownUid();
  const runtime = env['XDG_RUNTIME_DIR'];
  const folders = [
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'syncpair')]),
    ...(existsSync(`/run/user/${uid}`) ? [`/run/user/${uid}/syncpair`] : []),
    join(tmpdir(), `syncpair-${uid}`),
    `/tmp/syncpair-${uid}`,
  ];
  return [...new Set(folders)];
}

/** Why a folder must not hold our sockets, or null when it may: nobody else can enter it, rename it or put something into it. */
function unfit(stats: Stats | undefined): string | null {
  if (stats === undefined) return 'it does not exist';
  if (!stats.isDirectory()) return 'it is not a folder';
  if (stats.uid !== ownUid()) return 'it belongs to another user';
  return (stats.mode & 0o077) === 0 ? null : 'others can enter it';
}

const fits = (folder: string, name: string): boolean => Buffer.byteLength(join(folder, name)) <= MAX_SOCKET_PATH;

/** Where a command looks for the daemon of a folder. Folders that are not safely ours are left out: another user could answer there. */
export function socketPathsToTry(localPath: string, env: NodeJS.ProcessEnv = process.env): string[] {
  const name = `${socketName(localPath)}.sock`;
  if (process.platform === 'win32') return [pipePath(localPath)];
  return candidateFolders(env)
    .filter((folder) => fits(folder, name) && unfit(lstatSync(folder, { throwIfNoEntry: false })) === null)
    .map((folder) => join(folder, name));
}

/**
 * Where the daemon of a folder listens; makes the folder for it.
 *
 * @throws {Error} that names each folder and why it does not serve.
 */
export function socketPathToListen(localPath: string, env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') return pipePath(localPath);
  const name = `${socketName(localPath)}.sock`;
  const refused: string[] = [];
  for (const folder of candidateFolders(env)) {
    const reason = fits(folder, name) ? make(folder) : 'its path is too long for a socket';
    if (reason === null) return join(folder, name);
    refused.push(`${folder}: ${reason}`);
  }
  throw new Error(`no folder for the control socket (${refused.join('; ')})`);
}

function make(folder: string): string | null {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return (error as Error).message;
  }
  return unfit(lstatSync(folder, { throwIfNoEntry: false }));
}

const pipePath = (localPath: string): string => `\\\\.\\pipe\\syncpair-${userInfo().username}-${socketName(localPath)}`;
