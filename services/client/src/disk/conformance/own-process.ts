import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NODE = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e'];

/** Under which conditions a script runs. */
export interface Conditions {
  /** A command that runs the rest of its arguments, as `setpriv --reuid 1`. */
  readonly wrapper?: readonly string[];
}

/** Why a test that needs something of the machine is left out; printed with the test. */
export class NotPossibleHere extends Error {
  override readonly name = 'NotPossibleHere';
}

/**
 * Runs TypeScript in a process of its own and returns the JSON that it prints. `args` are `process.argv` from 1 on.
 *
 * @throws {NotPossibleHere} where the wrapper may not do what it is to do
 */
export async function runScript(script: string, args: readonly string[], { wrapper = [] }: Conditions = {}): Promise<unknown> {
  const [command, ...rest] = [...wrapper, process.execPath, ...NODE, script, ...args];
  try {
    const { stdout } = await run(command as string, rest, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  } catch (error) {
    const { code, stderr = '', message } = error as { code?: unknown; stderr?: string; message: string };
    const refused = code === 'ENOENT' || /unshare failed|not permitted|Operation not permitted|permission denied/i.test(stderr);
    if (refused) throw new NotPossibleHere(`${command} cannot be used: ${stderr.trim() || message}`, { cause: error });
    throw new Error(stderr || message, { cause: error });
  }
}

/** Starts TypeScript in a process of its own, and goes on. */
export function startScript(script: string, args: readonly string[], { wrapper = [] }: Conditions = {}): ChildProcess {
  const [command, ...rest] = [...wrapper, process.execPath, ...NODE, script, ...args];
  return spawn(command as string, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
}

export const hasStrace = existsSync('/usr/bin/strace');

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve() : child.once('exit', () => resolve())));
}
