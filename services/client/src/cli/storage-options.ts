import type { CliContext, GlobalOptions } from './context.ts';

/** Options of the commands that work on the storage of a server. */
export interface StorageCommandOptions extends GlobalOptions {
  readonly storageDir: string;
  readonly databaseUrl?: string;
  readonly blobDir?: string;
  readonly json?: boolean;
}

/** The storage that a command is about; progress and warnings go to the log. */
export function storageOf(options: StorageCommandOptions, { log }: CliContext) {
  const told = log.child('storage');
  return {
    storageDir: options.storageDir,
    databaseUrl: options.databaseUrl ?? null,
    blobDir: options.blobDir ?? null,
    log: { info: (message: string): void => told.debug(message), warn: (message: string): void => told.warn(message) },
  };
}
