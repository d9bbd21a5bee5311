import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds; a client that stops ends within seconds, however slow its disk is. */
const PATIENCE_MS = 1_500;

/**
 * Makes all that anybody wrote to the file system of a folder durable: also what a user saved a moment ago and the server has already.
 *
 * @returns false when that takes too long; true where this platform has no such command, since nothing better can be done there
 */
export async function flushFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const child = spawn('sync', ['-f', folder], { stdio: 'ignore' });
  // What flushes cannot be interrupted: it goes on by itself when nobody waits any more.
  child.unref();
  const flushed = once(child, 'exit').then(
    ([code]) => code === 0,
    () => true,
  );
  return Promise.race([flushed, delay(PATIENCE_MS, false)]);
}
