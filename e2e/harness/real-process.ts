import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND } from './command.ts';

/** Characters of a daemon's output that are kept, the latest. */
const KEPT_OUTPUT = 400_000;
/** Characters of a command's output: a document has to be whole. */
const LONGEST_DOCUMENT = 256 * 1024 * 1024;
/** Milliseconds a process gets to end after SIGTERM. */
const STOP_WITHIN_MS = 20_000;

export interface SpawnPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Run as this user; only root can. */
  readonly uid?: number;
  /** Begins the command line: whatever runs the rest of its arguments in its own process. */
  readonly wrapper?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A `syncpair` process: started through the launcher, its output kept, ended by its own id. */
export class RealProcess {
  readonly output = { stdout: '', stderr: '' };
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], { env, cwd, uid, wrapper = [] }: SpawnPlace, keptOutput = KEPT_OUTPUT) {
    const as = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
    const [command, ...rest] = [...wrapper, ...as, COMMAND, ...args];
    this.#child = spawn(command as string, rest, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd });
    alive.add(this.#child);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this.output[stream] = (this.output[stream] + text).slice(-keptOutput);
      });
    }
    this.ended = once(this.#child, 'close').then(([code, signal]: unknown[]) => {
      alive.delete(this.#child);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...this.output };
    });
    // Who waits for it hears of a failure to start; nobody else needs to.
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process was not started');
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(this.pid, signal);
  }

  /** Ends it as a user does. @throws {Error} when it does not end in time; then it was killed */
  async stop(): Promise<Ended> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const ended = await Promise.race([this.ended, delay(STOP_WITHIN_MS, null, { ref: false })]);
    if (ended !== null) return ended;
    await this.kill();
    throw new Error(`a process did not end within ${STOP_WITHIN_MS} ms after SIGTERM`);
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<Ended> {
    this.signal('SIGKILL');
    return this.ended;
  }
}

/** Runs a command to its end. */
export const runSyncpair = (args: readonly string[], place: SpawnPlace): Promise<Ended> =>
  new RealProcess(args, place, LONGEST_DOCUMENT).ended;
