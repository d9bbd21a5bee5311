import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Root needs no user namespace of its own; everybody else gets one in which they may mount and stay who they are. */
const isRoot = process.getuid?.() === 0;
const UNSHARE = isRoot ? ['-m'] : ['--map-current-user', '--keep-caps', '-m'];
const ENTER = isRoot ? ['-m'] : ['-U', '--preserve-credentials', '-m'];

/**
 * Mounts of a test that nothing outside of it sees: small disks, and disks that come and go. What runs in it is started through `wrapper`;
 * what lies in it is reached from outside by `seen`.
 */
export class MountSpace {
  readonly #keeper: ChildProcess;
  readonly #pid: number;

  private constructor(keeper: ChildProcess, pid: number) {
    this.#keeper = keeper;
    this.#pid = pid;
  }

  /** @throws {Error} with the reason where this machine lets nobody mount */
  static async open(): Promise<MountSpace> {
    const keeper = spawn('unshare', [...UNSHARE, 'sh', '-c', 'mount --make-rprivate / && echo ready && exec cat'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let told = '';
    keeper.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    const ready = once(keeper.stdout, 'data').then(() => true);
    const ended = once(keeper, 'close').then(() => false);
    const failed = once(keeper, 'error').then(() => false);
    if (!(await Promise.race([ready, ended, failed])) || keeper.pid === undefined)
      throw new Error(`nothing can be mounted on this machine: ${told.trim() || 'unshare is missing'}`);
    // It ends with this process, which holds the other end of its standard input.
    return new MountSpace(keeper, keeper.pid);
  }

  /** Begins a command line that runs in here. */
  get wrapper(): readonly string[] {
    return ['nsenter', '-t', `${this.#pid}`, ...ENTER, '--'];
  }

  /** A path in here as it is reached from outside. */
  seen(path: string): string {
    return `/proc/${this.#pid}/root${path}`;
  }

  /** Puts an empty disk of so many MiB at a folder. */
  async mount(folder: string, mebibytes: number, options = 'mode=755'): Promise<void> {
    await this.run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,${options}`, 'tmpfs', folder);
  }

  /** Runs a command in here; returns what it printed. */
  async run(...command: string[]): Promise<string> {
    const [program, ...args] = [...this.wrapper, ...command];
    return (await run(program as string, args)).stdout;
  }

  async close(): Promise<void> {
    if (this.#keeper.exitCode !== null) return;
    const ended = once(this.#keeper, 'close');
    this.#keeper.stdin?.end();
    await ended;
  }
}
