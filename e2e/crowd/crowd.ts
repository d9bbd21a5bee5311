import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../harness/until.ts';

/** Characters of what it said that are kept, the latest. */
const KEPT = 100_000;

export interface CrowdSetup {
  readonly server: string;
  /** Where everything of its clients lies. */
  readonly home: string;
  /** Begins the name of each. */
  readonly name: string;
  readonly directory: string;
  readonly clients: number;
}

/**
 * Clients of one directory in one process: `syncpair client` without its command line and its process, of which a machine has no room for a
 * hundred. Each has a configuration, a folder, a state, a disk thread and connections of its own.
 */
export class Crowd {
  /** Of each client. */
  readonly folders: readonly string[];
  log = '';
  readonly #child: ChildProcess;
  #inSync = 0;

  constructor({ server, home, name, directory, clients }: CrowdSetup) {
    const ids = Array.from({ length: clients }, (_, number) => `${name}-${number}`);
    this.folders = ids.map((id) => join(home, id, 'folder'));
    for (const folder of this.folders) mkdirSync(folder, { recursive: true });
    const configs = ids.map((id, number) => {
      const file = join(home, id, 'config.yaml');
      const directories = [{ name: directory, local_path: this.folders[number], settings: { shared: true } }];
      writeFileSync(file, JSON.stringify({ client_id: id, server, directories }));
      return file;
    });
    this.#child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'crowd.process.ts'), ...configs],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, HOME: home, XDG_STATE_HOME: join(home, 'state') },
      },
    );
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#inSync = (JSON.parse(line) as { inSync: number }).inSync;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log = (this.log + text).slice(-KEPT)));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the crowd was not started');
    return this.#child.pid;
  }

  /** How many say that they are in sync. @throws {Error} when the process has ended */
  get inSync(): number {
    if (this.#child.exitCode !== null) throw new Error(`the crowd ended: ${this.log.slice(-3_000)}`);
    return this.#inSync;
  }

  /** Resolves when all run and say that they are in sync. */
  async allInSync(within: number): Promise<void> {
    await until('all are in sync', () => (this.inSync === this.folders.length ? true : undefined), { within, every: 100 }).catch(
      (error: unknown) => {
        throw new Error(`${(error as Error).message}: ${this.#inSync} of ${this.folders.length} are\n${this.log.slice(-3_000)}`);
      },
    );
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
