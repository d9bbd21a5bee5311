import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import type { DirectoryConfig } from '../config/config.ts';
import type { Disk, RootIdentity } from '../disk/disk.ts';
import type { Logger } from '../log/logger.ts';
import type { Clock } from '../runtime/clock.ts';
import { IgnoreFile } from '../scan/ignore-file.ts';
import { LocalChanges } from '../scan/local-changes.ts';
import type { HoldServer } from '../server/hold-server.ts';
import type { SyncServer } from '../server/sync-server.ts';
import type { State } from '../state/state.ts';
import { ContentCache } from '../transfer/content-cache.ts';
import { retryDelayMs } from '../transfer/retry-delay.ts';
import { StalledDownloads } from '../transfer/stalled-downloads.ts';
import { Turns } from '../transfer/turns.ts';
import { UploadProgress } from '../transfer/upload-progress.ts';
import { RenewableWatcher } from '../watch/renewable-watcher.ts';
import type { Watcher } from '../watch/watcher.ts';
import { Connection } from './connection.ts';
import { DirectorySync } from './directory-sync.ts';
import type { Engine } from './engine.ts';
import { Problems } from './problems.ts';
import { WakeSignal } from './wake-signal.ts';

/** Everything through which a directory's engine touches the world. */
export interface DirectoryPorts {
  readonly clientId: string;
  readonly config: DirectoryConfig;
  readonly state: State;
  readonly disk: Disk;
  readonly server: SyncServer;
  /** Left out where nobody but this client decides about its holds. */
  readonly holdServer?: HoldServer;
  /** Left out where nothing is limited. */
  readonly bandwidth?: Bandwidth | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Makes an id for a change or hold that no other has. */
  readonly newId: () => string;
  /** Called again whenever the ignore rules have changed. */
  readonly makeWatcher: (engine: Engine) => Watcher;
  /** Only looks: nothing is sent or applied. */
  readonly inspect: boolean;
  /** Called when the log has been read for the first time: from now on the folder is one that was in sync. */
  readonly recordRoot?: (engine: Engine, root: RootIdentity) => void;
  /** Given when the last run ended with a power cut: what the disk may have forgotten is looked at first, then this is called. */
  readonly afterCut?: () => void;
}

/** Puts a directory's engine together; it does nothing before `start`. @throws {RootLostError} when its folder is not there */
export async function assembleDirectory(ports: DirectoryPorts): Promise<DirectorySync> {
  const { config, state, disk, clock, log, inspect } = ports;
  const root = await disk.identify();
  if (!inspect) await disk.clean();
  const ignoreFile = new IgnoreFile(config.ignorePatterns, (message) => log.warn(`${config.name}: ${message}`));
  const scanSignal = new WakeSignal();
  const signal = new WakeSignal(scanSignal);
  const delay = (attempt: number): number => retryDelayMs(attempt, ports.random());
  const engine: Engine = {
    config,
    clientId: ports.clientId,
    state,
    disk,
    server: ports.server,
    bandwidth: ports.bandwidth,
    connection: new Connection({ clock, log, delay, onChange: () => signal.wake() }),
    clock,
    log,
    problems: new Problems(delay, ({ path, code, message }) => log.warn(`${config.name}: ${path}: ${message} (${code})`)),
    changes: new LocalChanges(),
    contents: new ContentCache(),
    uploads: new UploadProgress(),
    stalled: new StalledDownloads(),
    staging: new Turns(),
    pushing: new Set(),
    applying: new Set(),
    overtaken: new Map(),
    ignore: await ignoreFile.load(disk),
    portability: config.portability ?? ignoreFile.portability ?? 'off',
    head: state.cursor,
    pullWanted: true,
    headsWanted: false,
    ownMoves: [],
    afterCut: false,
    conflicts: Number(state.fact('conflicts') ?? 0),
    holdsHeard: null,
    holdsRefused: false,
    firstLook: { foundUnchanged: false, isAwaited: false },
    newId: ports.newId,
    wake: () => signal.wake(),
    nextWake: (due) => signal.wait(signal.count, clock, due),
  };
  const watcher = new RenewableWatcher(() => ports.makeWatcher(engine));
  const recordRoot = (): void => ports.recordRoot?.(engine, root);
  const { afterCut = null, holdServer = null } = ports;
  return new DirectorySync({ engine, signal, scanSignal, watcher, ignoreFile, delay, inspect, recordRoot, afterCut, holdServer }, root);
}
