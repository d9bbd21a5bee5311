import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { FaultCase } from './fault-case.ts';

/** An strace that makes system calls of a running process fail, until it is taken off. */
export class Injector {
  readonly #strace: ChildProcess;
  readonly #trace: string;
  readonly #ended: Promise<unknown>;

  private constructor(strace: ChildProcess, trace: string) {
    this.#strace = strace;
    this.#trace = trace;
    this.#ended = once(strace, 'exit');
  }

  /** Takes hold of all threads of a process. `trace` is the file that the calls are written to. @throws {Error} when that is not possible */
  static async attach(pid: number, { call, error, first, count }: FaultCase, trace: string): Promise<Injector> {
    const when = count === 1 ? `${first}` : `${first}..${first + count - 1}`;
    const strace = spawn(
      'strace',
      ['-f', '-p', `${pid}`, '-o', trace, '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${when}`],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const injector = new Injector(strace, trace);
    let told = '';
    await new Promise<void>((resolve, reject) => {
      strace.stderr?.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        if (told.includes(`Process ${pid} attached`)) resolve();
      });
      strace.once('error', reject);
      strace.once('exit', () => reject(new Error(`strace cannot be used here: ${told}`)));
    });
    return injector;
  }

  /** How many calls have failed so far. */
  get injected(): number {
    return readFileSync(this.#trace, 'utf8').split('(INJECTED)').length - 1;
  }

  /** Lets go of the process. @returns how many calls failed */
  async detach(): Promise<number> {
    this.#strace.kill('SIGINT');
    await this.#ended;
    return this.injected;
  }
}
