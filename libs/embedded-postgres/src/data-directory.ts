import { randomBytes } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { type Binaries, POSTGRES_MAJOR } from './binaries.ts';
import { endOf } from './child-end.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Launch } from './launcher.ts';
import { giveTree } from './owned-files.ts';
import { startFailure } from './start-failure.ts';
import { isSystemError } from './system-error.ts';
import { tailOf } from './tail.ts';

/** Everything of one embedded PostgreSQL lies in `folder`, the `postgres` of a storage directory. */
export interface Cluster {
  readonly folder: string;
  readonly account: Account | null;
  readonly binaries: Binaries;
  readonly launch: Launch;
  /** The owner of the cluster and of its one database. */
  readonly role: string;
  readonly durable: boolean;
}

const UNFINISHED = 'data.new-';

export function dataDirOf(folder: string): string {
  return join(folder, 'data');
}

/** The data directory, and those that a killed initdb left unfinished. */
export async function dataDirsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name === 'data' || name.startsWith(UNFINISHED)).map((name) => join(folder, name));
}

/**
 * Makes the data directory where there is none yet. It is built under another name and renamed when complete and durable, so a kill or a
 * full disk half-way leaves nothing that looks like a data directory; such leftovers are removed.
 *
 * @param passwordFile readable by the account
 * @returns whether it was made now
 * @throws EmbeddedPostgresError `wrong_version`, `out_of_space`, `start_failed`
 */
export async function ensureDataDirectory(cluster: Cluster, passwordFile: string): Promise<boolean> {
  const { folder, account } = cluster;
  for (const path of await dataDirsIn(folder)) {
    if (path !== dataDirOf(folder)) await rm(path, { recursive: true, force: true });
  }
  const version = await versionOf(dataDirOf(folder));
  if (version === null) {
    await initialise(cluster, passwordFile);
    return true;
  }
  if (version !== POSTGRES_MAJOR) {
    const message = `${dataDirOf(folder)} was made by PostgreSQL ${version}, and this is ${POSTGRES_MAJOR}: use the SyncPair that made it, and move the data with backup and restore-backup`;
    throw new EmbeddedPostgresError('wrong_version', message);
  }
  if (account !== null && (await stat(dataDirOf(folder))).uid !== account.uid) await giveTree(folder, account);
  return false;
}

async function versionOf(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

async function initialise({ folder, binaries, launch, role, durable }: Cluster, passwordFile: string): Promise<void> {
  const unfinished = join(folder, UNFINISHED + randomBytes(4).toString('hex'));
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${role}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const child = launch(binaries.initdb, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], deathSignal: 'KILL' });
  const words = tailOf(child.stderr);
  const { ok, how } = await endOf(child);
  if (!ok) {
    await rm(unfinished, { recursive: true, force: true });
    throw startFailure(`setting up PostgreSQL in ${folder} ${how}`, words());
  }
  await rename(unfinished, dataDirOf(folder));
  if (durable) await syncFolder(folder);
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
