import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import type { SpawnPlace } from '../harness/real-process.ts';
import { COMMAND } from '../harness/command.ts';
import { until } from '../harness/until.ts';

/** A system call at whose entry a process is killed: the Nth of its kind that one of its threads makes. */
export interface KillPoint {
  readonly call: string;
  readonly when: number;
}

/** Whether this machine lets processes be traced. */
export const canTrace = (): boolean => spawnSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true']).status === 0;

const optionsOf = ({ call, when }: KillPoint, log: string): string[] => [
  ...['-f', '-qq', '-o', log],
  ...['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${when}`],
];

/** A process under strace that is killed at a point, if it ever comes there. */
export class Injection {
  readonly #strace: ChildProcess;
  readonly #log: string;
  readonly #ended: Promise<unknown>;

  private constructor(strace: ChildProcess, log: string) {
    this.#strace = strace;
    this.#log = log;
    this.#ended = once(strace, 'exit');
    this.#ended.catch(() => undefined);
  }

  /** Starts a `syncpair` command that is killed at a point, counted from its first instruction. */
  static start(point: KillPoint, log: string, args: readonly string[], { cwd, env }: SpawnPlace): Injection {
    const output = openSync(`${log}.output`, 'a');
    const strace = spawn('strace', [...optionsOf(point, log), COMMAND, ...args], {
      cwd,
      // One thread for what Node does beside the engine makes the count of calls a thread's own.
      env: { ...env, UV_THREADPOOL_SIZE: '1' },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return new Injection(strace, log);
  }

  /** Takes hold of a process that runs, all its threads; resolves when it has them. */
  static async attach(point: KillPoint, log: string, pid: number): Promise<Injection> {
    const strace = spawn('strace', [...optionsOf(point, log), '-p', String(pid)], { stdio: 'ignore' });
    const injection = new Injection(strace, log);
    await until('strace has hold of all threads', () => (threadsOf(pid).every(isTraced) || injection.isOver ? true : undefined));
    return injection;
  }

  /** True once the process is gone, or strace has let go of it. */
  get isOver(): boolean {
    return this.#strace.exitCode !== null || this.#strace.signalCode !== null;
  }

  /** Ends what still runs: the tracer lets go of a process that it was attached to, and ends with one that it started. */
  async end(): Promise<void> {
    if (this.isOver) return;
    const [child] = childrenOf(this.#strace.pid as number);
    if (child === undefined) this.#strace.kill('SIGTERM');
    else process.kill(child, 'SIGTERM');
    await this.#ended;
  }

  /** Whether the process was killed at the point, as the log tells. */
  get struck(): boolean {
    try {
      const log = readFileSync(this.#log, 'utf8');
      return log.includes('(INJECTED)') || log.includes('killed by SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }
}

const threadsOf = (pid: number): string[] => readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);

function isTraced(thread: string): boolean {
  try {
    return !/^TracerPid:\s+0$/m.test(readFileSync(`${thread}/status`, 'utf8'));
  } catch {
    // It has ended since the listing.
    return true;
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
