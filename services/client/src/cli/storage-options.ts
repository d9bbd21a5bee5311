import type { CliContext, GlobalOptions } from './context.ts';
import { plural } from './format/plural.ts';
import { formatSize } from './format/size.ts';

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 5_000;

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

/** Tells the log now and then how many files were copied. */
export function copyProgress({ log, now }: CliContext): (copied: { readonly files: number; readonly bytes: number }) => void {
  let told = now();
  return ({ files, bytes }) => {
    if (now() - told < PROGRESS_MS) return;
    told = now();
    log.child('storage').info(`${plural(files, 'file')} of ${formatSize(bytes)} copied so far`);
  };
}
