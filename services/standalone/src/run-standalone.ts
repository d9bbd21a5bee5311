import type { StandaloneOptions } from './standalone-options.ts';
import { startStandalone } from './start-standalone.ts';

/**
 * The server until SIGINT or SIGTERM, or the caller's own signal; resolves when everything is stopped. A second signal is left to the
 * default, which ends the process at once.
 *
 * @throws StandaloneError
 */
export async function runStandalone(options: Omit<StandaloneOptions, 'signal'>): Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const server = await startStandalone({ ...options, signal: stopping.signal });
    await stopped;
    await server.stop();
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
