import { PRODUCT_VERSION, parseHoldLimits, parseRateLimits } from '@syncpair/contracts';
import type { HoldLimits, RateLimits } from '@syncpair/sync-core';
import { serverLines } from '../../log/server-lines.ts';
import { releaseAtRest } from '../../runtime/release-at-rest.ts';
import { usageError } from '../cli-error.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { stopSignal } from '../stop-signal.ts';

interface ServerOptions extends GlobalOptions {
  readonly port: string;
  readonly host: string;
  readonly storageDir: string;
  readonly databaseUrl?: string;
  readonly allowedHosts?: string;
  readonly auth: 'open' | 'token';
  readonly hold?: string;
  readonly rate?: string;
}

export async function server(options: ServerOptions, _args: readonly string[], { log, sink, globals }: CliContext): Promise<ExitCode> {
  const port = Number(options.port);
  if (!/^\d+$/.test(options.port) || port > 65_535) throw usageError(`--port ${options.port} is not a TCP port; take 0 to 65535`);
  if (options.auth === 'token')
    throw usageError('--auth token does not exist yet; leave it out, and let only a trusted network reach the server');
  const { startStandalone } = await import('@syncpair/standalone');
  const told = log.child('server');
  told.info(`SyncPair ${PRODUCT_VERSION}: starting, storage in ${options.storageDir}`);
  const stop = stopSignal(told);
  const stopping = new AbortController();
  void stop.received.then(() => stopping.abort());
  try {
    const running = await startStandalone({
      port,
      host: options.host,
      storageDir: options.storageDir,
      databaseUrl: options.databaseUrl ?? null,
      allowedHosts: hostNames(options.allowedHosts),
      auth: options.auth,
      hold: holdLimits(options.hold),
      rate: rateLimits(options.rate),
      logLevel: globals.logLevel ?? 'info',
      logFile: null,
      logTo: serverLines(sink),
      quiet: globals.quiet ?? false,
      signal: stopping.signal,
    });
    const stopReleasing = releaseAtRest();
    told.info(`stopping on ${await stop.received}`);
    stopReleasing();
    await running.stop();
    told.info('stopped');
  } finally {
    stop.release();
  }
  return EXIT.done;
}

function holdLimits(text: string | undefined): HoldLimits | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const limits = parseHoldLimits(text.trim());
  if (!limits.ok) throw usageError(`--hold: "${text}" is ${limits.reason}`);
  return limits.value;
}

function rateLimits(text: string | undefined): RateLimits | null | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const limits = parseRateLimits(text.trim());
  if (!limits.ok) throw usageError(`--rate: "${text}" is ${limits.reason}`);
  return limits.value;
}

function hostNames(list: string | undefined): readonly string[] | null {
  if (list === undefined || list.trim() === '') return null;
  const names = list.split(',').map((name) => name.trim().toLowerCase());
  const strange = names.find((name) => !/^[a-z0-9.-]+$/.test(name));
  if (strange !== undefined) throw usageError(`--allowed-hosts: "${strange}" is not a host name; take names such as sync.example.com`);
  return names;
}
