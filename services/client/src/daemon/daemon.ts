import { relative as relativePath, sep } from 'node:path';
import { type Hold, type HoldDecision, type Status, directoryKey } from '@syncpair/contracts';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import { LimitedBandwidth } from '../bandwidth/limited-bandwidth.ts';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import { createEventStream } from '../server/http-event-stream.ts';
import { createHttp } from '../server/http.ts';
import type { EventStream } from '../server/sync-server.ts';
import { decideHere } from '../holds/decide-here.ts';
import { knowsAllHolds, openHolds } from '../holds/known-holds.ts';
import { systemClock } from '../runtime/clock.ts';
import { bandwidthStatus } from '../status/bandwidth-status.ts';
import { explain } from '../status/explain.ts';
import { plannedActions } from '../status/plan.ts';
import { type Accepted, ControlError, type Explanation, type FlushedDirectory, type PlannedAction } from './control.ts';
import type { DirectorySync } from './directory-sync.ts';
import type { OpenDirectory } from './open-directory.ts';
import type { DaemonOptions, DaemonOutcome, RunningDaemon } from './running-daemon.ts';
import { Slot } from './slot.ts';

/** Milliseconds between two looks at whether something awaited has come true. */
const LOOK_MS = 20;
/** Milliseconds within which an event of a file that was just saved has arrived. */
const EVENT_MS = 30;

/**
 * Starts the engine for every enabled directory of a configuration, each on its own: a slow or broken one delays no other.
 *
 * @throws {FolderInUseError} when another client works on one of the folders
 */
export async function startDaemon(config: ClientConfig, options: DaemonOptions): Promise<RunningDaemon> {
  const daemon = new Daemon(config, options);
  await daemon.open();
  return daemon;
}

class Daemon implements RunningDaemon {
  readonly done: Promise<DaemonOutcome>;
  readonly #config: ClientConfig;
  readonly #options: DaemonOptions;
  readonly #http;
  readonly #bandwidth: Bandwidth | undefined;
  readonly #slots: Slot[];
  #stream: EventStream | null = null;
  #stopping: Promise<void> | null = null;
  #finish: (outcome: DaemonOutcome) => void = () => undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(config: ClientConfig, options: DaemonOptions) {
    this.#config = config;
    this.#options = options;
    this.#http = createHttp(config.server);
    if (config.bandwidth !== null) this.#bandwidth = new LimitedBandwidth(config.bandwidth, systemClock);
    const { log, inspect = false } = options;
    const later = (ms: number, callback: () => void): void => this.#later(ms, callback);
    const parts = {
      client: config,
      http: this.#http,
      bandwidth: this.#bandwidth,
      log,
      inspect,
      later,
      onReopened: () => this.#startStream(),
    };
    this.#slots = config.directories.filter(({ enabled }) => enabled).map((directory) => new Slot({ ...parts, config: directory }));
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  async open(): Promise<void> {
    try {
      for (const slot of this.#slots) await slot.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#startStream();
    if (this.#options.once) void this.#stopWhenSettled();
  }

  /** One stream for all directories that are open; started anew when another one opens. */
  #startStream(): void {
    const open = this.#open();
    const first = open[0];
    if (this.#options.inspect === true || first === undefined || this.#stopping !== null) return;
    void this.#stream?.close();
    this.#stream = createEventStream({
      http: this.#http,
      clientId: this.#config.clientId,
      device: first.device,
      directories: open.map(({ sync }) => ({ directory: sync.engine.config.name, shared: sync.engine.config.shared })),
      log: this.#options.log,
    });
    const byKey = new Map(open.map(({ sync }) => [this.#namespaceOf(sync.engine.config), sync]));
    this.#stream.start({
      onEvent: (event) => byKey.get(event.directory)?.onEvent(event),
      onConnection: (up) => {
        if (!up) for (const sync of byKey.values()) sync.onStreamDown();
      },
    });
  }

  #open(): OpenDirectory[] {
    return this.#slots.flatMap(({ open }) => (open === null ? [] : [open]));
  }

  #namespaceOf(directory: DirectoryConfig): string {
    return directoryKey({ client_id: this.#config.clientId, name: directory.name, shared: directory.shared });
  }

  status(): Promise<Status> {
    const open = this.#open();
    return Promise.resolve({
      client: this.#config.clientId,
      running: true,
      server: {
        url: this.#config.server,
        reachable: open.some(({ sync }) => sync.connection.isUp && sync.pulledAt !== null),
        epoch: open[0]?.sync.engine.state.fact('epoch') ?? null,
      },
      directories: this.#slots.map((slot) => slot.status()),
      bandwidth: bandwidthStatus(this.#bandwidth),
    });
  }

  async flush(directories: readonly string[] | 'all'): Promise<readonly FlushedDirectory[]> {
    const chosen = directories === 'all' ? this.#open().map(({ sync }) => sync) : directories.map((name) => this.#named(name));
    return Promise.all(
      chosen.map(async (sync) => {
        if (sync.watcher.coverage() < 1) sync.scanner.scanAll();
        await this.#sleep(EVENT_MS);
        await this.#until(() => this.#isFlushed(sync));
        const { config, head } = sync.engine;
        return { directory: config.name, namespace: this.#namespaceOf(config), seq: String(head) };
      }),
    );
  }

  /** Everything seen on disk is acknowledged, but for what has a problem or is held. */
  #isFlushed(sync: DirectorySync): boolean {
    const { changes, pushing, problems } = sync.engine;
    const waits = (path: string): boolean => problems.get(path) !== null;
    return (
      sync.progress.isScanned &&
      pushing.size === 0 &&
      changes.moves.length === 0 &&
      [...changes.puts.keys()].every(waits) &&
      [...changes.deletes].every(waits)
    );
  }

  async plan(): Promise<readonly PlannedAction[]> {
    const syncs = this.#open().map(({ sync }) => sync);
    await this.#until(() =>
      syncs.every((sync) => (sync.progress.isScanned && sync.pulledAt !== null) || !sync.connection.isUp || sync.halted !== null),
    );
    const unreachable = syncs.find((sync) => sync.pulledAt === null && !sync.connection.isUp);
    if (unreachable !== undefined)
      throw new ControlError(`the server does not answer: ${unreachable.connection.failure?.message ?? 'no connection'}`);
    return syncs.flatMap((sync) => plannedActions(sync));
  }

  async why(path: string): Promise<Explanation> {
    for (const { config, open } of this.#slots) {
      const inside = relativePath(config.localPath, path);
      if (inside === '..' || inside.startsWith(`..${sep}`) || (inside !== '' && inside === path)) continue;
      if (open === null) return outside(path, 'problem', `the directory ${config.name} cannot be opened`, config.name);
      await this.#until(() => open.sync.scanner.complete || open.sync.halted !== null);
      return explain(open.sync, path, inside.split(sep).join('/'));
    }
    const disabled = this.#config.directories.find(({ enabled, localPath }) => !enabled && !relativePath(localPath, path).startsWith('..'));
    if (disabled !== undefined)
      return outside(path, 'disabled', `the directory ${disabled.name} is disabled in the configuration`, disabled.name);
    return outside(path, 'outside', 'it lies in no directory of the configuration', null);
  }

  holds(): Promise<readonly Hold[]> {
    return Promise.resolve(this.#open().flatMap(({ sync }) => openHolds(sync.engine)));
  }

  approveHold(id: string): Promise<void> {
    return this.#decide(id, 'approve');
  }

  rejectHold(id: string): Promise<void> {
    return this.#decide(id, 'reject');
  }

  async #decide(id: string, decision: HoldDecision): Promise<void> {
    for (const { sync } of this.#open()) if (await decideHere(sync, id, decision)) return;
    throw new ControlError(`there is no hold ${id}; "syncpair holds list" shows those that wait`);
  }

  #named(name: string): DirectorySync {
    const found = this.#open().find(({ sync }) => sync.engine.config.name === name);
    if (found === undefined) throw noSuchDirectory(name);
    return found.sync;
  }

  async join(directories: readonly string[] | 'all'): Promise<readonly Accepted[]> {
    const unknown = directories === 'all' ? undefined : directories.find((name) => !this.#slots.some(({ config }) => config.name === name));
    if (unknown !== undefined) throw noSuchDirectory(unknown);
    const chosen = this.#slots.filter(({ config }) => directories === 'all' || directories.includes(config.name));
    return Promise.all(chosen.map(async (slot) => ({ directory: slot.config.name, accepted: await slot.accept() })));
  }

  syncNow(): Promise<void> {
    for (const { sync } of this.#open()) sync.syncNow();
    return Promise.resolve();
  }

  releaseMemory(): void {
    for (const { sync } of this.#open()) sync.engine.state.releaseMemory();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const open = this.#open();
    const outcome = {
      problems:
        open.reduce((sum, { sync }) => sum + sync.engine.problems.list().length + (sync.halted === null ? 0 : 1), 0) +
        this.#slots.filter(({ failure }) => failure !== null).length,
      holds: open.reduce((sum, { sync }) => sum + sync.engine.state.holds.list().length, 0),
    };
    await this.#stream?.close();
    await Promise.all(open.map((directory) => directory.close()));
    this.#finish(outcome);
  }

  async #stopWhenSettled(): Promise<void> {
    await this.#until(() =>
      this.#slots.every(({ open, failure }) => (open === null ? failure !== null : isAtRest(open.sync) || open.sync.halted !== null)),
    );
    await this.stop();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo() && this.#stopping === null) await this.#sleep(LOOK_MS);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve));
  }

  #later(ms: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
  }
}

const noSuchDirectory = (name: string): ControlError => new ControlError(`there is no enabled directory "${name}" in the configuration`);

const outside = (path: string, state: Explanation['state'], cause: string, directory: string | null): Explanation => ({
  path,
  directory,
  state,
  cause,
  suggestion: null,
  version: null,
});

/** Nothing is left to do, and whoever has to know of what waits does. */
const isAtRest = ({ progress, engine }: DirectorySync): boolean => (progress.isSettled && knowsAllHolds(engine)) || progress.isStuck;
