import { setTimeout as sleep } from 'node:timers/promises';
import { lockStorage, makeStorageDir, openEmbeddedPostgres } from '@syncpair/embedded-postgres';
import { Closers } from './closers.ts';
import { EarlyLog } from './early-log.ts';
import { checkDatabaseUrl, toStandaloneError } from './explain.ts';
import { checkAddress, explainListenError, isLoopback, urlOf } from './listen-address.ts';
import { StandaloneError } from './standalone-error.ts';
import type { StandaloneOptions } from './standalone-options.ts';
import { refuseUnfinished } from './storage/restore-marker.ts';

/** A server that answers. */
export interface Standalone {
  /** Where clients on this machine reach it, `http://HOST:PORT`. */
  readonly url: string;
  /** Ends open requests and event streams, then PostgreSQL, within 5 s; may be called twice. */
  stop(): Promise<void>;
}

const HEALTH_POLL_MS = 100;

/**
 * Starts the whole server in this process: both services behind one port, and an embedded PostgreSQL unless a URL is given. Resolves when
 * `GET /health` answers 200, after one line on stdout unless quiet. `signal` stops the server; when it fires during the start, what resolves
 * is a server that has stopped.
 *
 * @throws StandaloneError with a message and an exit code for the user
 */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  const signal = options.signal ?? new AbortController().signal;
  const closers = new Closers();
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= closers.closeAll());
  try {
    const url = await start(options, signal, closers);
    // Its failure is told to whoever calls `stop` as well.
    signal.addEventListener('abort', () => void stop().catch(() => undefined), { once: true });
    return { url, stop };
  } catch (error) {
    // What failed first is what the user has to know.
    await stop().catch(() => undefined);
    if (signal.aborted) return { url: urlOf(options.host, options.port), stop };
    throw toStandaloneError(error, options);
  }
}

async function start(options: StandaloneOptions, signal: AbortSignal, closers: Closers): Promise<string> {
  const { host, port, databaseUrl: ownUrl } = options;
  refuseMistakes(options);
  // What the server stores is for its own account.
  process.umask(0o077);
  const storageDir = await makeStorageDir(options.storageDir);
  const lock = lockStorage(storageDir);
  closers.add(() => lock.release());
  await refuseUnfinished(storageDir);
  await checkAddress(host, port);
  signal.throwIfAborted();

  // The services load in this process while PostgreSQL starts in its own: each takes about a second of one core.
  const early = new EarlyLog();
  const opening = ownUrl === null ? openEmbeddedPostgres({ storageDir, lock, log: early, signal }) : Promise.resolve(notOurs(ownUrl));
  closers.add(async () => {
    // A start that failed has nothing to stop, and is told below.
    await (await opening.catch(() => null))?.stop();
  });
  const [{ url: databaseUrl }, { createApp, openServerLog }] = await Promise.all([opening, import('./serve.ts')]);

  const log = openServerLog(options);
  early.handOnTo(log);
  if (!isLoopback(host)) log.warn(`everybody who reaches ${host}:${port} can read and change everything: there are no tokens in open mode`);
  // A page in a browser on this machine must not reach a server that listens here only, by a name that was made to resolve to it.
  const allowedHosts = options.allowedHosts ?? (isLoopback(host) ? [] : undefined);
  const { hold, rate } = options;
  const app = await createApp({ storageDir, databaseUrl, allowedHosts, hold, rate, log, signal }, closers);
  signal.throwIfAborted();
  await app.listen(port, host).catch((error: unknown) => {
    throw explainListenError(error, host, port);
  });
  while ((await app.inject({ method: 'GET', url: '/health' })).statusCode !== 200) await sleep(HEALTH_POLL_MS, undefined, { signal });
  const url = urlOf(host, Number(new URL(await app.getUrl()).port));
  if (!options.quiet) process.stdout.write(`syncpair server is ready at ${url}, storage in ${storageDir}\n`);
  return url;
}

/** A database that was there before and stays. */
function notOurs(url: string): { readonly url: string; stop(): Promise<void> } {
  return { url, stop: () => Promise.resolve() };
}

function refuseMistakes({ auth, databaseUrl }: StandaloneOptions): void {
  if (auth === 'token') {
    throw new StandaloneError('--auth token does not exist yet; leave it out, and let only a trusted network reach the server', 2);
  }
  if (databaseUrl !== null) checkDatabaseUrl(databaseUrl);
}
