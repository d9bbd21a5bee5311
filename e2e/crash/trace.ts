import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { until } from '../harness/until.ts';

/** The order in which a running process made its calls, with the paths of what it held open; a line each. */
export async function traceWhile(pid: number, calls: string, log: string, work: () => Promise<void>): Promise<string[]> {
  const strace = spawn('strace', ['-f', '-qq', '-y', '-o', log, '-e', `trace=${calls}`, '-p', String(pid)], { stdio: 'ignore' });
  const ended = once(strace, 'exit');
  await until('strace has hold of all threads', () =>
    readdirSync(`/proc/${pid}/task`).every((id) => isTraced(pid, id)) ? true : undefined,
  );
  try {
    await work();
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  return readFileSync(log, 'utf8').split('\n');
}

function isTraced(pid: number, thread: string): boolean {
  try {
    return !/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'));
  } catch {
    // It has ended since the listing.
    return true;
  }
}
