import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientProcess } from '../harness/client-process.ts';
import { assertBuilt } from '../harness/command.ts';
import { fsck } from '../harness/fsck.ts';
import { Random } from '../harness/random.ts';
import { removeWhenWeEnd } from '../harness/remove-when-we-end.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { stabilise } from '../harness/stabilise.ts';
import { Load } from './load.ts';
import { debrisIn } from './debris.ts';
import { Sampler } from './sampler.ts';

/** Milliseconds in which everything is the same everywhere after the last crash, on a busy machine too. */
const CONVERGES_WITHIN_MS = 120_000;
const LOG_SHOWN = 3_000;
const PROBLEMS_SHOWN = 5;
/** `fsck` reads all that was ever stored: it looks after every so many settlings, and at the end. */
const CHECKED_EVERY = 5;

export interface SceneOptions {
  readonly seed: number;
  /** Files of each client. */
  readonly files: number;
  /** Whether a process reads all files all the time; not where files are damaged on purpose. */
  readonly sampled?: boolean;
  /** Whether one thread of the server does what Node does beside it: who counts the calls of a thread then counts all of them. */
  readonly oneThread?: boolean;
  /** Hears what goes on, a line at a time. */
  readonly tell: (line: string) => void;
}

/** One server, two clients at work, and a sampler that watches both folders: what the parts of the crash suite have in common. */
export class Scene {
  readonly folder: string;
  readonly server: ServerProcess;
  readonly random: Random;
  readonly tell: SceneOptions['tell'];
  readonly alice: ClientProcess;
  readonly bob: ClientProcess;
  readonly load: Load;
  #sampler: Sampler | null;
  /** What was found to be wrong, a line each. */
  readonly failures: string[] = [];
  /** What was done so far, for the summary line. */
  done: readonly string[] = [];
  #settled = 0;
  #cleanChecks = 0;

  private constructor(options: SceneOptions, server: ServerProcess, folder: string) {
    this.folder = folder;
    this.server = server;
    this.random = new Random(options.seed);
    this.tell = options.tell;
    const settings = { hold: 'off', sync_interval_seconds: 5 };
    const client = (id: string): ClientProcess =>
      new ClientProcess({ id, home: join(folder, id), server: server.url, directory: 'team', settings });
    this.alice = client('alice');
    this.bob = client('bob');
    this.load = new Load(this.clients, this.random, options.files);
    this.#sampler = options.sampled === false ? null : new Sampler(this.clients.map((one) => one.folder));
  }

  /** Everything runs, and the first files are everywhere. */
  static async open(options: SceneOptions): Promise<Scene> {
    assertBuilt();
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-crash-')));
    removeWhenWeEnd(folder, { keep: false });
    const wrapper = options.oneThread === true ? ['env', 'UV_THREADPOOL_SIZE=1'] : [];
    const server = new ServerProcess(join(folder, 'server'), join(folder, 'server', 'storage'), wrapper);
    await server.start();
    const scene = new Scene(options, server, folder);
    try {
      await Promise.all(scene.clients.map((one) => one.start()));
      scene.load.fill();
      await scene.settle('at the start');
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  get clients(): readonly [ClientProcess, ClientProcess] {
    return [this.alice, this.bob];
  }

  /**
   * After a plain restart: all folders become the same, and are what the users made of them; nothing is left over, and
   * now and then `fsck` has to find nothing wrong with the server's storage.
   */
  async settle(when: string): Promise<void> {
    const tree = await stabilise(this.clients, { within: CONVERGES_WITHIN_MS });
    for (const line of this.load.missingIn(tree)) this.failures.push(`${when}: ${line}`);
    for (const { folder } of this.clients) {
      await this.load.ledger.settled(folder);
      for (const line of debrisIn(folder)) this.failures.push(`${when}: ${line}`);
    }
    this.#settled += 1;
    if (this.#settled % CHECKED_EVERY === 0) await this.#check(when);
  }

  async #check(when: string): Promise<void> {
    const { clean, problems } = (await fsck(this.server)).report;
    if (clean) this.#cleanChecks += 1;
    else this.failures.push(`${when}: fsck found ${JSON.stringify(problems.slice(0, PROBLEMS_SHOWN))}`);
  }

  /** The last look at everything. @returns what was seen, for the summary line */
  async finish(): Promise<string> {
    for (const line of await this.load.ledger.missing(this.alice, this.server.url)) this.failures.push(line);
    for (const conflict of await this.alice.conflicts()) this.failures.push(`a conflict that nobody made: ${JSON.stringify(conflict)}`);
    await this.#check('at the end');
    const reads = await this.#endSampler();
    const seen = [`${this.load.ledger.size} contents found`, `fsck clean ${this.#cleanChecks} times`];
    return (reads === null ? seen : [`${reads.toLocaleString('en')} whole reads`, ...seen]).join('; ');
  }

  /** The ends of all logs, for whoever looks into a failure. */
  logs(): string {
    const each = [...this.clients.map(({ id, log }) => [id, log] as const), ['server', this.server.log] as const];
    return each.map(([name, log]) => `--- ${name}\n${log.slice(-LOG_SHOWN)}`).join('\n');
  }

  async close(): Promise<void> {
    // First of all: it reads for ever, and what ran on would keep whoever plays from ending.
    await this.#endSampler();
    await Promise.all(this.clients.filter(({ isRunning }) => isRunning).map((one) => one.kill()));
    await this.server.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** What it saw is told once, also where something else failed. @returns how many whole reads it had; null where there is none */
  async #endSampler(): Promise<number | null> {
    const sampler = this.#sampler;
    this.#sampler = null;
    if (sampler === null) return null;
    try {
      const { reads, torn } = await sampler.stop();
      this.failures.push(...torn);
      return reads;
    } catch (error) {
      this.failures.push(String(error));
      return null;
    }
  }
}
