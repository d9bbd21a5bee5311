import { type ServiceLogOptions, createServiceLogger } from '@syncpair/service-http';
import type { Report } from './local-content-store.ts';
import { StandaloneError } from './standalone-error.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** The one log of the server: its own lines, those of both services and of PostgreSQL's keeper. */
export interface ServerLog {
  readonly options: ServiceLogOptions & { readonly requestLevel: 'debug' };
  readonly report: Report;
  info(message: string): void;
  warn(message: string): void;
}

/** @throws StandaloneError when the log file cannot be written */
export function openServerLog({
  logLevel,
  logFile,
  logTo,
  quiet,
}: Pick<StandaloneOptions, 'logLevel' | 'logFile' | 'logTo' | 'quiet'>): ServerLog {
  const options = { name: 'server', logLevel, logFile: logFile ?? undefined, destination: logTo, quiet, requestLevel: 'debug' } as const;
  const logger = openLogger(options);
  return {
    options,
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    report: (problem, error) => logger.error({ err: error }, problem),
  };
}

function openLogger(options: ServiceLogOptions): ReturnType<typeof createServiceLogger> {
  try {
    return createServiceLogger(options);
  } catch (error) {
    throw new StandaloneError(
      `--log-file ${options.logFile ?? ''} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      2,
    );
  }
}
