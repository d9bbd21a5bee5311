import type { DatabaseSync } from 'node:sqlite';
import { assembleDirectory } from '../../../../../services/client/src/daemon/assemble-directory.ts';
import type { DirectorySync } from '../../../../../services/client/src/daemon/directory-sync.ts';
import type { State } from '../../../../../services/client/src/state/state.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { SimulatedLink } from '../network/simulated-link.ts';
import { SimulatedStream } from '../network/simulated-stream.ts';
import { SimulatedSyncServer } from '../network/simulated-sync-server.ts';
import type { MachineAct, Plan } from '../plan/plan.ts';
import { type WatchFaults, SimulatedWatcher } from '../watch/simulated-watcher.ts';
import { OwnProcess } from '../world/own-process.ts';
import { Random } from '../world/random.ts';
import { BEGINNING_MS } from '../world/virtual-time.ts';
import { clientLog } from './client-log.ts';
import { type Folder, makeFolder } from './folder.ts';
import { openState } from './state-bytes.ts';
import type { World } from './world.ts';

/** One process of the client, and what it has open. */
interface Running {
  readonly process: OwnProcess;
  readonly syncs: Map<string, DirectorySync>;
  readonly states: Map<string, { readonly state: State; readonly database: DatabaseSync; readonly older: Uint8Array[] }>;
  stream: SimulatedStream | null;
}

/** States that a power cut may fall back to. */
const OLDER_STATES = 3;

/** A machine with its folders, whoever uses them, and the client that runs on it by turns. */
export class Machine {
  readonly index: number;
  readonly link: SimulatedLink;
  readonly folders: ReadonlyMap<string, Folder>;
  readonly #world: World;
  readonly #skew: number;
  readonly #random: Random;
  readonly #watchFaults: WatchFaults;
  /** A power cut may still come. */
  #remembers: boolean;
  /** Until when the next step on a disk kills the process; milliseconds since the beginning. */
  #struckUntil = 0;
  #running: Running | null = null;
  #stopping: Promise<void> | null = null;
  #lives = 0;

  constructor(world: World, plan: Plan, index: number) {
    const client = plan.clients[index] as Plan['clients'][number];
    this.#world = world;
    this.index = index;
    this.#skew = client.skew;
    this.#random = new Random(`${plan.seed}/client ${index}`);
    this.link = new SimulatedLink(this.#random.fork('link'), plan.network);
    this.#watchFaults = { deafUntil: 0, silentLoss: plan.silentLoss };
    this.#remembers = plan.steps.some(({ act }) => act.do === 'power');
    this.folders = new Map(
      Array.from({ length: plan.directories }, (_, number) => [
        `d${number}`,
        makeFolder(world, { client: index, directory: `d${number}`, patterns: client.ignore }, () => this.#wall()),
      ]),
    );
  }

  get isOn(): boolean {
    return this.#running !== null;
  }

  sync(directory: string): DirectorySync | null {
    return this.#running?.syncs.get(directory) ?? null;
  }

  perform(act: MachineAct, directory: string): void {
    switch (act.do) {
      case 'start':
        this.start();
        return;
      case 'stop':
        void this.stop();
        return;
      case 'kill':
        this.#end();
        return;
      case 'strike':
        this.#struckUntil = this.#world.time.now + act.ms;
        return;
      case 'power':
        this.#powerCut();
        return;
      case 'forget':
        this.#end();
        for (const folder of this.folders.values()) {
          folder.state = null;
          folder.wentDown = false;
          this.#world.ledger.forgot(folder.where);
        }
        return;
      case 'offline':
        this.#goOffline(act.ms);
        return;
      case 'streamcut':
        this.#running?.stream?.cut();
        return;
      case 'root':
        this.#loseRoot(directory, act.how, act.ms);
        return;
      case 'deaf':
        this.#watchFaults.deafUntil = this.#world.time.now + act.ms;
        return;
      case 'ignore':
        this.#end();
        for (const folder of this.folders.values()) {
          folder.where.patterns = act.patterns;
          this.#world.ledger.forgot(folder.where);
        }
        this.start();
    }
  }

  /** Ends all that is wrong with the machine, and starts its client. */
  heal(): void {
    this.#remembers = false;
    this.#struckUntil = 0;
    this.link.up = true;
    this.link.faults = { ...this.link.faults, lostRequests: 0, lostReplies: 0, cutStreams: 0 };
    this.#watchFaults.deafUntil = Math.min(this.#watchFaults.deafUntil, this.#world.time.now);
    for (const folder of this.folders.values()) folder.root = 'there';
    this.start();
  }

  /** True while the event stream of this machine is up. */
  get isHearing(): boolean {
    return this.#running?.stream?.isUp ?? false;
  }

  start(): void {
    if (this.#stopping !== null) {
      void this.#stopping.then(() => this.start());
      return;
    }
    if (this.#running !== null) return;
    const process = new OwnProcess(this.#world.time);
    const running: Running = { process, syncs: new Map(), states: new Map(), stream: null };
    this.#running = running;
    this.#note('starts');
    void this.#open(running);
  }

  /** Ends as asked: pieces of work under way are finished. */
  stop(): Promise<void> {
    const running = this.#running;
    if (running === null || this.#stopping !== null) return this.#stopping ?? Promise.resolve();
    this.#note('stops');
    running.stream?.close();
    this.#stopping = Promise.all([...running.syncs.values()].map((sync) => sync.stop())).then(() => {
      this.#stopping = null;
      if (this.#running !== running) return;
      for (const folder of this.folders.values()) if (!folder.wentDown) folder.tree.allSynced();
      this.#end();
    });
    return this.#stopping;
  }

  async #open(running: Running): Promise<void> {
    const { process } = running;
    const life = this.#lives++;
    for (const folder of this.folders.values()) {
      const opened = openState(folder.state);
      const { state } = opened;
      running.states.set(folder.name, { ...opened, older: [] });
      if (folder.state === null) state.setFact('device', this.#random.fork(`device ${life}`).next().toString(16).slice(2).padEnd(32, '0'));
      await this.#openFolder(running, folder, state, life);
    }
    if (!process.alive || this.#stopping !== null) return;
    running.stream = new SimulatedStream(
      { server: this.#world.server, link: this.link, process, directories: [...running.syncs.keys()] },
      {
        onEvent: (event) => running.syncs.get(event.directory)?.onEvent(event),
        onDown: () => running.syncs.forEach((sync) => sync.onStreamDown()),
      },
    );
    running.stream.connect();
    if (this.#remembers) this.#rememberStates(running);
  }

  async #openFolder(running: Running, folder: Folder, state: State, life: number): Promise<void> {
    const { process } = running;
    const random = this.#random.fork(`life ${life} of ${folder.name}`);
    const device = state.fact('device') as string;
    const caller = { clientId: `c${this.index}`, client: this.index, device, directory: folder.name, patterns: folder.where.patterns };
    let ids = 0;
    try {
      const sync = await assembleDirectory({
        clientId: caller.clientId,
        config: {
          name: folder.name,
          localPath: `/simulated/${this.index}/${folder.name}`,
          description: null,
          shared: true,
          syncIntervalSeconds: 30,
          enabled: true,
          ignorePatterns: folder.where.patterns,
          hold: { files: 50, percent: 50 },
          conflictCopies: false,
          watch: 'auto',
          portability: null,
          fileSystem: 'linux',
        },
        state,
        disk: new SimulatedDisk({
          folder,
          process,
          random: random.fork('disk'),
          witness: this.#world.witnessOf(folder.where),
          onStep: () => this.#strike(),
        }),
        server: new SimulatedSyncServer({ server: this.#world.server, link: this.link, process, caller }),
        clock: {
          wall: () => this.#wall(),
          monotonic: () => this.#world.time.now,
          after: (ms, callback) => process.after(ms, callback),
        },
        log: clientLog(this.#world, this.index, folder.name),
        random: () => random.next(),
        newId: () => `${life}.${(ids++).toString(36)}`,
        makeWatcher: (engine) =>
          new SimulatedWatcher({
            tree: folder.tree,
            process,
            random: random.fork('watch'),
            prunes: (path) => engine.ignore.prunes(path),
            faults: this.#watchFaults,
          }),
        inspect: false,
        ...(folder.wentDown ? { afterCut: () => (folder.wentDown = false) } : {}),
      });
      if (!process.alive) return;
      running.syncs.set(folder.name, sync);
      sync.start();
    } catch (error) {
      this.#note(`${folder.name} is not opened: ${(error as Error).message}`);
      await process.wait(10_000);
      return this.#openFolder(running, folder, state, life);
    }
  }

  /** The process is gone, at whatever it was; its state stays as it is, or as `fallBack` makes it. */
  #end(fallBack: (current: Uint8Array, older: readonly Uint8Array[]) => Uint8Array = (current) => current): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#stopping = null;
    running.process.alive = false;
    running.stream?.close();
    for (const [name, { database, older }] of running.states) {
      const folder = this.folders.get(name) as Folder;
      folder.state = fallBack(database.serialize(), older);
      database.close();
      // What was told and not answered is told again under another id.
      this.#world.ledger.placedAll(name, folder.tree.root);
      this.#world.ledger.crashed(folder.where);
    }
    this.#note('ended');
  }

  #powerCut(): void {
    const chance = (): number => this.#random.next();
    for (const name of this.#running?.states.keys() ?? []) {
      const folder = this.folders.get(name) as Folder;
      folder.wentDown = true;
      this.#world.ledger.wentDown(folder.where);
    }
    this.#end((current, older) => [current, ...older][Math.floor(chance() * (older.length + 1))] as Uint8Array);
    for (const folder of this.folders.values()) {
      folder.tree.powerCut(chance);
      this.#world.ledger.left(folder.where, folder.tree.root);
      this.#world.ledger.forgot(folder.where);
      this.#world.ledger.placedAll(folder.name, folder.tree.root);
    }
    this.#note('lost its power');
  }

  #rememberStates(running: Running): void {
    running.process.after(this.#random.between(50, 2_000), () => {
      if (!this.#remembers) return;
      for (const { database, older } of running.states.values()) {
        older.unshift(database.serialize());
        older.length = Math.min(older.length, OLDER_STATES);
      }
      this.#rememberStates(running);
    });
  }

  #strike(): void {
    if (this.#struckUntil <= this.#world.time.now) return;
    this.#struckUntil = 0;
    this.#end();
  }

  #goOffline(ms: number): void {
    this.link.up = false;
    this.#running?.stream?.cut();
    this.#world.time.after(ms, () => (this.link.up = true));
  }

  #loseRoot(directory: string, how: 'gone' | 'replaced', ms: number): void {
    const folder = this.folders.get(directory);
    if (folder === undefined) return;
    folder.root = how;
    this.#world.time.after(ms, () => (folder.root = 'there'));
  }

  #wall(): number {
    return BEGINNING_MS + this.#skew + this.#world.time.now;
  }

  #note(line: string): void {
    this.#world.note(`client ${this.index} ${line}`);
  }
}
