import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobStore, openDiskBlobStore } from '@syncpair/blob';
import { EmbeddedPostgresError, lockStorage, openEmbeddedPostgres, runningPostgresUrl } from '@syncpair/embedded-postgres';
import { Database, openDatabase } from '@syncpair/metadata';
import { Closers } from '../closers.ts';
import { checkDatabaseUrl, toStandaloneError } from '../explain.ts';
import { StandaloneError } from '../standalone-error.ts';
import { refuseUnfinished } from './restore-marker.ts';

export interface StorageOptions {
  /** Of a server, which may be running. */
  readonly storageDir: string;
  /** `postgresql://…`; null: the embedded PostgreSQL in the storage directory. A secret. */
  readonly databaseUrl: string | null;
  /** Where the contents lie; null: in the storage directory. */
  readonly blobDir: string | null;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** What a server keeps, for a command that looks after it. */
export interface Storage {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly store: BlobStore;
  readonly blobDir: string;
  close(): Promise<void>;
}

/**
 * Opens what a server keeps, beside the server when it runs, else with the embedded PostgreSQL started for the while.
 *
 * @throws StandaloneError with a message and an exit code for the user
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { storageDir, databaseUrl: ownUrl, log } = options;
  const closers = new Closers();
  try {
    if (ownUrl !== null) checkDatabaseUrl(ownUrl);
    const blobDir = options.blobDir ?? join(storageDir, 'blobs');
    await requireFolder(blobDir, options.blobDir === null ? '--storage-dir' : '--blob-dir', storageDir);
    await refuseUnfinished(storageDir);
    const databaseUrl = ownUrl ?? (await embeddedUrl(storageDir, closers, log));
    const store = await openDiskBlobStore(blobDir, { report: (problem, error) => log.warn(`${problem}: ${(error as Error).message}`) });
    closers.add(() => store.close());
    const dataSource = await openDatabase({ url: databaseUrl, poolSize: 4, log });
    closers.add(() => dataSource.destroy());
    return { database: new Database(dataSource), databaseUrl, store, blobDir, close: () => closers.closeAll() };
  } catch (error) {
    await closers.closeAll().catch(() => undefined);
    throw toStandaloneError(error, { databaseUrl: ownUrl, storageDir });
  }
}

async function requireFolder(path: string, option: string, storageDir: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return;
  const hint = option === '--storage-dir' ? `; is ${storageDir} the storage of a server?` : '';
  throw new StandaloneError(`${option}: there is no folder ${path}${hint}`, 2);
}

/** Of the running server, or of a PostgreSQL that is started here and stopped by `closers`. */
async function embeddedUrl(storageDir: string, closers: Closers, log: StorageOptions['log']): Promise<string> {
  try {
    const lock = lockStorage(storageDir);
    closers.add(() => lock.release());
    const postgres = await openEmbeddedPostgres({ storageDir, lock, log });
    closers.add(() => postgres.stop());
    return postgres.url;
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError) || error.code !== 'storage_in_use') throw error;
    const url = await runningPostgresUrl(storageDir);
    if (url !== null) return url;
    throw new StandaloneError(
      `${error.message}, which has no PostgreSQL of its own or is just starting: tell its --database-url, or run the command again`,
      1,
    );
  }
}
