import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, RealProcess } from './real-process.ts';
import { until } from './until.ts';

/** A `syncpair server` with its storage; it can be ended and started again on the same port. */
export class ServerProcess {
  readonly storageDir: string;
  readonly #home: string;
  readonly #wrapper: readonly string[];
  #process: RealProcess | null = null;
  #past = '';
  #url = '';

  /** `wrapper` begins its command line. */
  constructor(home: string, storageDir: string, wrapper: readonly string[] = []) {
    mkdirSync(home, { recursive: true });
    this.#home = home;
    this.#wrapper = wrapper;
    this.storageDir = storageDir;
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return this.#url === '' ? 0 : Number(new URL(this.#url).port);
  }

  get process(): RealProcess {
    if (this.#process === null) throw new Error('the server was not started');
    return this.#process;
  }

  /** Resolves when it is ready. Without a port: the one it had before, or any that is free. */
  async start(port: number = this.port): Promise<void> {
    if (this.#process !== null) this.#past += this.#process.output.stderr;
    const started = new RealProcess(['server', '--port', String(port), '--storage-dir', this.storageDir], {
      cwd: this.#home,
      wrapper: this.#wrapper,
      env: { ...process.env, HOME: this.#home, NO_COLOR: '1' },
    });
    this.#process = started;
    const ended = started.ended.then(({ stdout, stderr }) => {
      throw new Error(`the server ended before it was ready: ${stdout}${stderr}`);
    });
    ended.catch(() => undefined);
    this.#url = await Promise.race([ended, readyUrl(started)]);
  }

  stop(): Promise<Ended> {
    return this.process.stop();
  }

  kill(): Promise<Ended> {
    return this.process.kill();
  }

  /** The main process of its PostgreSQL, also when the server itself was killed; null when there is none. */
  get postgresPid(): number | null {
    try {
      const pid = Number(readFileSync(join(this.storageDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 0);
      return pid;
    } catch {
      // No such file, or a file that outlived its process.
      return null;
    }
  }

  /** Ends it and what it may have left behind, whatever state it is in. */
  async end(): Promise<void> {
    if (this.#process?.isRunning === true) await this.stop();
    const left = this.postgresPid;
    if (left === null) return;
    process.kill(left, 'SIGQUIT');
    await until('the PostgreSQL that was left has ended', () => (this.postgresPid === null ? true : undefined));
  }

  get log(): string {
    return this.#past + (this.#process?.output.stderr ?? '');
  }
}

async function readyUrl(started: RealProcess): Promise<string> {
  for (;;) {
    const found = /ready at (\S+),/.exec(started.output.stdout)?.[1];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (!started.isRunning) return new Promise(() => undefined);
  }
}
