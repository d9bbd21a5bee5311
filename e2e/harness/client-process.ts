import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Conflict, type HistoryItem, type Hold, type Status, statusSchema } from '@syncpair/contracts';
import { askDaemon } from './ask-daemon.ts';
import type { MountSpace } from './mount-space.ts';
import { type Ended, RealProcess, type SpawnPlace, runSyncpair } from './real-process.ts';
import { until } from './until.ts';

export interface ClientSetup {
  readonly id: string;
  readonly server: string;
  /** Its HOME; the folder, the configuration and the sockets lie in it. */
  readonly home: string;
  readonly directory: string;
  /** Name of the folder in HOME; `folder` where nothing is told. */
  readonly folder?: string;
  /** The whole configuration as text, instead of one that names the directory and the folder. */
  readonly document?: string;
  /** More `settings` of the directory. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The `bandwidth` of the configuration. */
  readonly bandwidth?: Readonly<Record<string, unknown>>;
  /** Run as this user; only root can. */
  readonly uid?: number;
  /** Where its folder is mounted; the tests see the folder from outside. */
  readonly mounts?: MountSpace;
  /** Begins its command line. */
  readonly wrapper?: readonly string[];
  /** `debug` where nothing is told. */
  readonly logLevel?: 'debug' | 'info';
}

/** A `syncpair client` with a HOME, a folder and a configuration of its own; it can be ended and started again. */
export class ClientProcess {
  readonly id: string;
  readonly home: string;
  readonly folder: string;
  readonly directory: string;
  readonly config: string;
  /** Its folder as it names it itself. */
  readonly localPath: string;
  readonly #setup: ClientSetup;
  #process: RealProcess | null = null;
  #past = '';
  #limitsSet: Promise<void> = Promise.resolve();

  constructor(setup: ClientSetup) {
    this.#setup = setup;
    this.id = setup.id;
    this.home = setup.home;
    this.directory = setup.directory;
    this.localPath = join(setup.home, setup.folder ?? 'folder');
    this.folder = setup.mounts?.seen(this.localPath) ?? this.localPath;
    this.config = join(setup.home, 'config.yaml');
    for (const folder of [setup.home, this.localPath]) mkdirSync(folder, { recursive: true });
    mkdirSync(join(setup.home, 'run'), { recursive: true, mode: 0o700 });
    if (setup.uid !== undefined)
      for (const folder of [setup.home, this.localPath, join(setup.home, 'run')]) chownSync(folder, setup.uid, setup.uid);
    this.configure({});
  }

  /** Writes the configuration; a running client reads it at its next start. */
  configure({
    server = this.#setup.server,
    settings = {},
    bandwidth = this.#setup.bandwidth,
  }: Partial<Pick<ClientSetup, 'server' | 'settings' | 'bandwidth'>>): void {
    const { id, directory, document: text } = this.#setup;
    if (text !== undefined) {
      writeFileSync(this.config, text);
      return;
    }
    const document = {
      client_id: id,
      server,
      ...(bandwidth === undefined ? {} : { bandwidth }),
      directories: [{ name: directory, local_path: this.localPath, settings: { shared: true, ...this.#setup.settings, ...settings } }],
    };
    // JSON is YAML, and leaves nothing to quote by hand.
    writeFileSync(this.config, `${JSON.stringify(document, null, 2)}\n`);
  }

  get place(): SpawnPlace {
    const { home, uid, mounts, wrapper = [] } = this.#setup;
    const before = [...wrapper, ...(mounts?.wrapper ?? [])];
    return {
      cwd: home,
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XDG_STATE_HOME: join(home, 'state'), NO_COLOR: '1' },
      ...(uid === undefined ? {} : { uid }),
      wrapper: before,
    };
  }

  get process(): RealProcess {
    if (this.#process === null) throw new Error(`${this.id} was not started`);
    return this.#process;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning === true;
  }

  get log(): string {
    return this.#past + (this.#process?.output.stderr ?? '');
  }

  /** Starts the daemon; resolves when it answers commands. */
  async start(): Promise<void> {
    this.launch();
    await this.#limitsSet;
    await until(`${this.id} answers\n${this.log.slice(-3000)}`, async () => {
      if (!this.process.isRunning) throw new Error(`${this.id} ended: ${this.log.slice(-3000)}`);
      return (await this.#ask('status')) === null ? undefined : true;
    });
  }

  /** Starts the daemon and waits for nothing. */
  launch(): void {
    if (this.isRunning) throw new Error(`${this.id} runs already`);
    this.#past = this.log;
    this.#limitsSet = this.#letDeletionsPass();
    this.#process = new RealProcess(['--log-level', this.#setup.logLevel ?? 'debug', 'client', '--file', this.config], this.place);
  }

  /** A client's `hold: off` is its own affair: tests that mean to delete a lot say so to the server, too, where one answers. */
  async #letDeletionsPass(): Promise<void> {
    const { id, server, directory, settings = {} } = this.#setup;
    if (settings['hold'] !== 'off') return;
    const body = JSON.stringify({ client_id: id, directory, shared: settings['shared'] !== false, limits: 'off' });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    await fetch(`${server}/api/v1/holds/limits`, request).catch(() => undefined);
  }

  async stop(): Promise<Ended> {
    return this.process.stop();
  }

  async kill(): Promise<Ended> {
    return this.process.kill();
  }

  /** Runs a command with this client's configuration. */
  run(...args: string[]): Promise<Ended> {
    return runSyncpair([...args, '--file', this.config], this.place);
  }

  /** Runs a command that prints a JSON document. @throws {Error} when it failed */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json');
    if (code === 1 || code === 2 || stdout === '') throw new Error(`${this.id}: ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs a command that must end with 0; returns what it printed. */
  async must(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${this.id}: ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  async status(): Promise<Status> {
    return statusSchema.parse((await this.#ask<unknown>('status')) ?? (await this.json('status')));
  }

  history(...path: string[]): Promise<HistoryItem[]> {
    return this.json('history', '--directory', this.directory, '--limit', '0', ...path);
  }

  conflicts(...more: string[]): Promise<Conflict[]> {
    return this.json('conflicts', 'list', ...more);
  }

  async holds(): Promise<Hold[]> {
    return (await this.#ask<Hold[]>('holds')) ?? (await this.json('holds', 'list'));
  }

  #ask<T>(method: 'status' | 'holds'): Promise<T | null> {
    return askDaemon(join(this.home, 'run'), method);
  }

  /** A path in its folder. */
  at(...path: string[]): string {
    return join(this.folder, ...path);
  }
}
