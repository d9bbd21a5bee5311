import { mkdirSync } from 'node:fs';
import { type Ended, RealProcess } from './real-process.ts';

/** A `syncpair server` with its storage; it can be ended and started again on the same port. */
export class ServerProcess {
  readonly storageDir: string;
  readonly #home: string;
  #process: RealProcess | null = null;
  #past = '';
  #url = '';

  constructor(home: string, storageDir: string) {
    mkdirSync(home, { recursive: true });
    this.#home = home;
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
