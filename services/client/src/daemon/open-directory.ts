import { randomBytes } from 'node:crypto';
import { directoryKey } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import type { Disk } from '../disk/disk.ts';
import { MappedDisk } from '../disk/mapped-disk.ts';
import { beginRun } from '../crash/begin-run.ts';
import { bootId } from '../crash/boot-id.ts';
import { flushFileSystem } from '../crash/flush-file-system.ts';
import { WorkerDisk } from '../disk/worker-disk.ts';
import { giveNotice } from '../identity/notice.ts';
import { prepareRoot } from '../identity/prepare-root.ts';
import { readRootRecord } from '../identity/root-record.ts';
import { recogniseDevice } from '../identity/recognise-device.ts';
import { recordRoot } from '../identity/record-root.ts';
import { servedBy } from '../identity/served-by.ts';
import type { Logger } from '../log/logger.ts';
import { systemClock } from '../runtime/clock.ts';
import type { DirectoryLink } from '../server/directory-link.ts';
import { createHoldServer } from '../server/hold-server.ts';
import { createSyncServer } from '../server/http-sync-server.ts';
import { lockRoot } from '../state/root-lock.ts';
import { State } from '../state/state.ts';
import { createWatcher } from '../watch/create-watcher.ts';
import { TrashKeeper } from '../trash/trash-keeper.ts';
import { contentsOnServer } from '../server/contents-on-server.ts';
import { MappedWatcher } from '../watch/mapped-watcher.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import type { Watcher } from '../watch/watcher.ts';
import { assembleDirectory } from './assemble-directory.ts';
import type { DirectorySync } from './directory-sync.ts';

/** Milliseconds that requests under way get to end by themselves when the client stops; every one of them may be repeated later. */
const STOP_PATIENCE_MS = 1_500;

/** A directory at work, and what must be let go of after it. */
export interface OpenDirectory {
  readonly sync: DirectorySync;
  /** It changes when this one turns out to be a copy. */
  readonly device: string;
  /** Whichever server answers from the next start on is the one that is meant. */
  forgetServer(): void;
  close(): Promise<void>;
}

/**
 * Takes a directory's folder and puts its parts together.
 *
 * @throws {FolderInUseError | LocalPathError | NewerStateError}
 */
export async function openDirectory(
  client: ClientConfig,
  config: DirectoryConfig,
  parts: { http: AxiosInstance; bandwidth: Bandwidth | undefined; log: Logger; inspect: boolean },
): Promise<OpenDirectory> {
  const { log, inspect } = parts;
  const namespace = directoryKey({ client_id: client.clientId, name: config.name, shared: config.shared });
  const { localPath, name } = config;
  const verdict = await prepareRoot({
    ...{ localPath, name, directory: namespace, file: client.file, log, inspect },
    servedBy: () => servedBy(parts.http),
  });
  const unlock = inspect ? (): void => undefined : lockRoot(config.localPath);
  const opened: { close(): unknown }[] = [{ close: unlock }];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    const { state, setAside } = inspect ? State.openCopy(config.localPath) : State.open(config.localPath);
    opened.push(state);
    const about = { state, config, log, clock: systemClock };
    if (setAside !== null) giveNotice(about, `${setAside}. Without it nothing is deleted: the folder is merged with the server`);
    else if (verdict === 'state_lost' || isEmptied(config.localPath, state, namespace)) giveNotice(about, STATE_LOST);
    keepNamespace(about, namespace);
    keepNameRules(config, state, log);
    if (!inspect) recogniseDevice(about);
    const disk = diskOf(config);
    opened.push(disk);
    const run = inspect ? null : beginRun(state, bootId());
    const deviceOf = (): string => state.fact('device') as string;
    const idPrefix = randomBytes(9).toString('base64url');
    let ids = 0;
    const requests = new AbortController();
    const link: DirectoryLink = {
      http: parts.http,
      clientId: client.clientId,
      get device() {
        return deviceOf();
      },
      directory: config.name,
      shared: config.shared,
      signal: requests.signal,
      bandwidth: parts.bandwidth,
    };
    const sync = await assembleDirectory({
      clientId: client.clientId,
      config,
      state,
      disk,
      // The same object, not a copy: the device can change.
      server: createSyncServer(Object.assign(link, { conflictCopies: config.conflictCopies })),
      holdServer: createHoldServer(link),
      bandwidth: parts.bandwidth,
      clock: systemClock,
      log,
      random: Math.random,
      newId: () => `${idPrefix}${(ids++).toString(36)}`,
      makeWatcher: (engine) => watcherOf(config, (folder) => engine.ignore.prunes(folder)),
      inspect,
      ...(inspect ? {} : { recordRoot }),
      ...(run?.lastEnd === 'cut' ? { afterCut: run.begun } : {}),
    });
    const keeper = new TrashKeeper({ localPath, name, log, clock: systemClock, onServer: (contents) => contentsOnServer(link, contents) });
    if (!inspect) keeper.start();
    opened.push({ close: () => keeper.stop() });
    return {
      sync,
      get device() {
        return deviceOf();
      },
      forgetServer: () => state.forgetServer(),
      close: async () => {
        const patience = setTimeout(() => requests.abort(), STOP_PATIENCE_MS);
        await sync.stop();
        clearTimeout(patience);
        if (!inspect) {
          keepProblems(sync, state, log);
          await run?.end(() => flushFileSystem(config.localPath));
        }
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const mapsNames = ({ fileSystem }: DirectoryConfig): boolean => fileSystem === 'windows';

function diskOf(config: DirectoryConfig): Disk {
  const disk = new WorkerDisk(config.localPath);
  return mapsNames(config) ? new MappedDisk(disk, config.fileSystem) : disk;
}

function watcherOf(config: DirectoryConfig, prunes: WatchOptions['prunes']): Watcher {
  const options = { root: config.localPath, prunes };
  const make = (given: WatchOptions): Watcher => createWatcher(given, config.watch);
  return mapsNames(config) ? new MappedWatcher(options, config.fileSystem, make) : make(options);
}

/** Under other rules a file may have another name in the folder: without a merge it would count as deleted. */
function keepNameRules({ name, fileSystem }: DirectoryConfig, state: State, log: Logger): void {
  const known = state.fact('name_rules') ?? fileSystem;
  state.transaction(() => {
    if (known !== fileSystem) {
      log.warn(`${name}: its names followed the rules of ${known} before; it is merged with the server, nothing is deleted on either side`);
      state.setFact('epoch', null);
    }
    state.setFact('name_rules', fileSystem);
  });
}

/** For `status` while no daemon runs; a disk that is full is no reason to end otherwise than asked for. */
function keepProblems(sync: DirectorySync, state: State, log: Logger): void {
  try {
    state.saveProblems([...sync.surprises.list(), ...sync.engine.problems.list()]);
  } catch (error) {
    log.warn(`${sync.engine.config.name}: its problems could not be kept for a later status: ${(error as Error).message}`);
  }
}

const STATE_LOST =
  'the folder was in sync before, and its state (.syncpair_state.db) is gone. It is merged with the server: nothing is deleted, and what was deleted here meanwhile comes back';

/** True for a state file that says nothing in a folder that was in sync: what was written to it last is lost, and that was all of it. */
const isEmptied = (localPath: string, state: State, namespace: string): boolean =>
  state.fact('namespace') === null && readRootRecord(localPath)?.directory === namespace;

/** A state that belongs to another directory of the server (renamed, or shared and private swapped) says nothing about this one. */
function keepNamespace(about: Parameters<typeof giveNotice>[0], namespace: string): void {
  const { state } = about;
  const known = state.fact('namespace');
  state.transaction(() => {
    if (known !== null && known !== namespace) {
      giveNotice(
        about,
        `the folder was synchronised with ${known} before; it is merged with ${namespace} now, nothing is deleted on either side`,
      );
      state.setFact('epoch', null);
    }
    state.setFact('namespace', namespace);
  });
}
