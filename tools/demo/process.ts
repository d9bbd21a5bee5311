import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND } from '../../e2e/harness/command.ts';

/** Milliseconds that a process gets to end by itself. */
const END_WITHIN_MS = 20_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Played {
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  readonly isRunning: boolean;
  /** Asks it to end, and waits for it; kills it when it does not. */
  end(): Promise<void>;
}

/** Starts `syncpair`. A Ctrl-C in the terminal does not reach it: it ends when the demo says so, after those that need it. */
export function play(args: readonly string[]): Played {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SYNCPAIR_')));
  const child = spawn(COMMAND, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, NO_COLOR: '1' }, detached: true });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return code as number | null;
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    output,
    ended,
    get isRunning() {
      return isRunning();
    },
    async end() {
      if (isRunning()) child.kill('SIGTERM');
      await Promise.race([ended, delay(END_WITHIN_MS, null, { ref: false })]);
      if (isRunning()) child.kill('SIGKILL');
      await ended;
    },
  };
}
