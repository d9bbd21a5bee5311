import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { type Cluster, dataDirsIn, ensureDataDirectory } from './data-directory.ts';
import { ensureDatabase } from './databases.ts';
import { prepareLaunch } from './launcher.ts';
import type { PostgresLog } from './log.ts';
import { makeOwnedFolder } from './owned-files.ts';
import { createPassword, passwordFileOf, readPassword, resetPassword } from './password.ts';
import { makeStorageDir } from './storage-dir.ts';
import { type StorageLock, lockStorage } from './storage-lock.ts';
import { type Supervisor, supervise } from './supervisor.ts';
import { stopSurvivors } from './survivors.ts';

export interface EmbeddedPostgresOptions {
  /** Everything lies in its folder `postgres`; made when missing. */
  readonly storageDir: string;
  readonly log: PostgresLog;
  /** PostgreSQL went down by itself; it is started again, and answers on the same port. */
  readonly onExit?: (how: string) => void;
  /** The storage lock where the caller already holds it; taken and released here otherwise. */
  readonly lock?: StorageLock;
  /** Ends the start; what runs by then is stopped. */
  readonly signal?: AbortSignal;
  /** False trades the safety of a power cut for speed; for throw-away data only. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** `postgresql://…@127.0.0.1:PORT/syncpair`, with the password: a secret. It stays the same until `stop`. */
  readonly url: string;
  /** Of the postmaster that runs now. */
  readonly pid: number;
  /** Within 5 s; open connections are ended. */
  stop(): Promise<void>;
}

const NAME = 'syncpair';

/**
 * Starts the PostgreSQL of a storage directory, after making it at the first time and after cleaning up what a killed server left.
 *
 * @throws EmbeddedPostgresError whose message and exit code are for the user; the signal's reason
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const storageDir = await makeStorageDir(options.storageDir);
  const lock = options.lock ?? lockStorage(storageDir);
  const releaseOwn = (): void => {
    if (options.lock === undefined) lock.release();
  };
  try {
    const { cluster, password } = await prepare(storageDir, options);
    const supervisor = await supervise(cluster, options);
    const url = `postgresql://${NAME}:${password}@127.0.0.1:${supervisor.port}/${NAME}`;
    await stopOnFailure(supervisor, () => ensureDatabase(url));
    return {
      url,
      get pid() {
        return supervisor.pid;
      },
      async stop() {
        await supervisor.stop();
        releaseOwn();
      },
    };
  } catch (error) {
    releaseOwn();
    throw error;
  }
}

async function prepare(storageDir: string, { log, durable }: EmbeddedPostgresOptions): Promise<{ cluster: Cluster; password: string }> {
  const folder = join(storageDir, 'postgres');
  const binaries = await findBinaries();
  const account = await chooseAccount(folder);
  const launch = await prepareLaunch(account, [await realpath(dirname(binaries.postgres)), storageDir]);
  await makeOwnedFolder(folder, account);
  const cluster: Cluster = { folder, account, binaries, launch, role: NAME, durable: durable ?? true };
  await stopSurvivors(folder, await dataDirsIn(folder), log);
  const known = await readPassword(folder);
  const password = known ?? (await createPassword(cluster));
  const fresh = await ensureDataDirectory(cluster, passwordFileOf(folder));
  if (known === null && !fresh) await resetPassword(cluster, password);
  return { cluster, password };
}

async function stopOnFailure(supervisor: Supervisor, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
