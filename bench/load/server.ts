import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'syncpair');

/** A `syncpair server` under load, in a folder of its own. */
export class MeasuredServer {
  #child: ChildProcess | null = null;
  #port = 0;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<MeasuredServer> {
    const server = new MeasuredServer(await mkdtemp(join(tmpdir(), 'syncpair-load-')));
    await server.start();
    return server;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server does not run');
    return this.#child.pid;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when it is ready, on the port it had before. */
  async start(): Promise<void> {
    const child = spawn(
      COMMAND,
      ['server', '--port', String(this.#port), '--storage-dir', join(this.#folder, 'storage'), '--rate', 'off'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, HOME: this.#folder },
      },
    );
    this.#child = child;
    let printed = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      printed += String(text);
      const found = /ready at http:\/\/[^:]+:(\d+)/.exec(printed)?.[1];
      if (found !== undefined) {
        this.#port = Number(found);
        break;
      }
    }
    if (this.#port === 0) throw new Error(`the server did not start: ${printed}`);
    child.stdout.resume();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
