import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeWhenWeEnd } from '../../e2e/harness/remove-when-we-end.ts';

const COMMAND = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'syncpair');

/** A `syncpair server` under load, in a folder of its own. */
export class MeasuredServer {
  #child: ChildProcess | null = null;
  #port = 0;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `work`: where its temporary folder is made; null: where the system makes them. */
  static async start(work: string | null): Promise<MeasuredServer> {
    const server = new MeasuredServer(realpathSync(mkdtempSync(join(work ?? tmpdir(), 'syncpair-load-'))));
    removeWhenWeEnd(server.#folder, { keep: false });
    await mkdir(server.#home);
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

  get #home(): string {
    return join(this.#folder, 'home');
  }

  /** Resolves when it is ready, on the port it had before. */
  async start(): Promise<void> {
    const child = spawn(
      COMMAND,
      ['server', '--port', String(this.#port), '--storage-dir', join(this.#folder, 'storage'), '--rate', 'off'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        cwd: this.#home,
        env: { ...process.env, HOME: this.#home },
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
