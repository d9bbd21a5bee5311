import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Copied, copyDiskBlobStore } from '@syncpair/blob';
import { lockStorage, makeStorageDir, openEmbeddedPostgres } from '@syncpair/embedded-postgres';
import { BackupUnusable, importTables, openDatabase } from '@syncpair/metadata';
import { Closers } from '../closers.ts';
import { checkDatabaseUrl, toStandaloneError } from '../explain.ts';
import { StandaloneError } from '../standalone-error.ts';
import { type BackupManifest, readManifest } from './backup-manifest.ts';
import type { StorageOptions } from './open-storage.ts';
import { markFinished, markUnfinished } from './restore-marker.ts';

export interface RestoreOptions extends Omit<StorageOptions, 'blobDir'> {
  readonly source: string;
  readonly progress: (copied: Copied) => void;
}

export interface RestoreResult extends Copied {
  /** Rows of metadata. */
  readonly rows: number;
  /** When the backup was made, ISO 8601. */
  readonly createdAt: string;
  /** Contents that the backup did not have. */
  readonly missing: number;
}

/** Files of a storage that has nothing in it yet. */
const EMPTY = new Set(['server.lock', 'server.json']);

/**
 * Fills an empty storage from a backup. Every directory gets a new epoch: clients merge with what was restored, and delete nothing. A storage
 * that was not filled to its end is refused by everything until it is removed.
 *
 * @throws StandaloneError
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const { source, databaseUrl: ownUrl, log, progress } = options;
  const manifest = await readManifest(source);
  if (manifest === null) throw new StandaloneError(`${source} is no backup, or one that was not finished: it has no backup.json`, 2);
  if (ownUrl !== null) checkDatabaseUrl(ownUrl);
  const closers = new Closers();
  try {
    const storageDir = await makeStorageDir(options.storageDir);
    const lock = lockStorage(storageDir);
    closers.add(() => lock.release());
    const there = (await readdir(storageDir)).find((name) => !EMPTY.has(name));
    if (there !== undefined)
      throw new StandaloneError(`the storage directory ${storageDir} is not empty ("${there}"); restore into a new one`, 2);
    await markUnfinished(storageDir);
    const copied = await copyDiskBlobStore(join(source, 'blobs'), join(storageDir, 'blobs'), progress);
    const url = ownUrl ?? (await ownPostgres(storageDir, lock, closers, log));
    await importMetadata(url, source, manifest, log);
    await markFinished(storageDir);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    return { ...copied, rows, createdAt: manifest.created_at, missing: manifest.missing };
  } catch (error) {
    throw error instanceof BackupUnusable
      ? new StandaloneError(`${source}: ${error.message}`, 2, { cause: error })
      : toStandaloneError(error, { databaseUrl: ownUrl, storageDir: options.storageDir });
  } finally {
    await closers.closeAll();
  }
}

async function ownPostgres(
  storageDir: string,
  lock: ReturnType<typeof lockStorage>,
  closers: Closers,
  log: StorageOptions['log'],
): Promise<string> {
  const postgres = await openEmbeddedPostgres({ storageDir, lock, log });
  closers.add(() => postgres.stop());
  return postgres.url;
}

async function importMetadata(url: string, source: string, manifest: BackupManifest, log: StorageOptions['log']): Promise<void> {
  await importTables(url, join(source, manifest.metadata), manifest);
  // What this build has added to the schema since.
  const dataSource = await openDatabase({ url, poolSize: 2, log });
  await dataSource.destroy();
}
