import { mkdirSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { directoryKey } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import { WorkerDisk } from '../disk/worker-disk.ts';
import type { Logger } from '../log/logger.ts';
import { systemClock } from '../runtime/clock.ts';
import { createSyncServer } from '../server/http-sync-server.ts';
import { lockRoot } from '../state/root-lock.ts';
import { State } from '../state/state.ts';
import { createWatcher } from '../watch/create-watcher.ts';
import { assembleDirectory } from './assemble-directory.ts';
import type { DirectorySync } from './directory-sync.ts';

/** Milliseconds that requests under way get to end by themselves when the client stops; every one of them may be repeated later. */
const STOP_PATIENCE_MS = 1_500;

/** A directory at work, and what must be let go of after it. */
export interface OpenDirectory {
  readonly sync: DirectorySync;
  readonly device: string;
  close(): Promise<void>;
}

/** A local path that cannot be used, in words for the user. */
export class LocalPathError extends Error {
  override readonly name = 'LocalPathError';
}

/**
 * Takes a directory's folder and puts its parts together.
 *
 * @throws {FolderInUseError | LocalPathError | NewerStateError}
 */
export async function openDirectory(
  client: ClientConfig,
  config: DirectoryConfig,
  parts: { http: AxiosInstance; log: Logger; inspect: boolean },
): Promise<OpenDirectory> {
  const { log, inspect } = parts;
  prepareFolder(config.localPath, log, inspect);
  const unlock = inspect ? (): void => undefined : lockRoot(config.localPath);
  const opened: { close(): unknown }[] = [{ close: unlock }];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    const { state, setAside } = inspect ? State.openCopy(config.localPath) : State.open(config.localPath);
    opened.push(state);
    if (setAside !== null) log.warn(`${config.name}: ${setAside}. Without it nothing is deleted: the folder is merged with the server`);
    keepNamespace(client, config, state, log);
    const disk = new WorkerDisk(config.localPath);
    opened.push(disk);
    const device = state.fact('device') as string;
    const idPrefix = randomBytes(9).toString('base64url');
    let ids = 0;
    const requests = new AbortController();
    const sync = await assembleDirectory({
      clientId: client.clientId,
      config,
      state,
      disk,
      server: createSyncServer({
        http: parts.http,
        clientId: client.clientId,
        device,
        directory: config.name,
        shared: config.shared,
        conflictCopies: config.conflictCopies,
        signal: requests.signal,
      }),
      clock: systemClock,
      log,
      random: Math.random,
      newId: () => `${idPrefix}${(ids++).toString(36)}`,
      makeWatcher: (engine) => createWatcher({ root: config.localPath, prunes: (folder) => engine.ignore.prunes(folder) }),
      inspect,
    });
    return {
      sync,
      device,
      close: async () => {
        const patience = setTimeout(() => requests.abort(), STOP_PATIENCE_MS);
        await sync.stop();
        clearTimeout(patience);
        if (!inspect) keepProblems(sync, state, log);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For `status` while no daemon runs; a disk that is full is no reason to end otherwise than asked for. */
function keepProblems(sync: DirectorySync, state: State, log: Logger): void {
  try {
    state.saveProblems([...sync.surprises.list(), ...sync.engine.problems.list()]);
  } catch (error) {
    log.warn(`${sync.engine.config.name}: its problems could not be kept for a later status: ${(error as Error).message}`);
  }
}

function prepareFolder(localPath: string, log: Logger, inspect: boolean): void {
  const found = statSync(localPath, { throwIfNoEntry: false });
  if (found === undefined) {
    if (inspect) throw new LocalPathError(`${localPath} does not exist yet`);
    try {
      mkdirSync(localPath, { recursive: true });
    } catch (error) {
      throw new LocalPathError(`${localPath} cannot be made: ${(error as Error).message}`);
    }
    log.info(`made the folder ${localPath}`);
  } else if (!found.isDirectory()) throw new LocalPathError(`${localPath} is not a folder; give another local_path`);
}

/** A state that belongs to another directory of the server (renamed, or shared and private swapped) says nothing about this one. */
function keepNamespace(client: ClientConfig, config: DirectoryConfig, state: State, log: Logger): void {
  const namespace = directoryKey({ client_id: client.clientId, name: config.name, shared: config.shared });
  const known = state.fact('namespace');
  state.transaction(() => {
    if (known !== null && known !== namespace) {
      log.warn(
        `${config.name}: the folder was synchronised with ${known} before; it is merged with ${namespace} now, nothing is deleted on either side`,
      );
      state.setFact('epoch', null);
    }
    state.setFact('namespace', namespace);
  });
}
