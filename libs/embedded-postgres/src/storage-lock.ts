import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresError } from './error.ts';

/** The storage directory is ours until `release`, or until this process ends in whatever way. */
export interface StorageLock {
  release(): void;
}

/** Long enough for two that start in the same instant to sort out who is first, short enough to refuse at once. */
const BUSY_TIMEOUT_MS = 300;

const SQLITE_BUSY = 5;

/**
 * Takes `server.lock` in the storage directory, which must exist.
 *
 * The lock is an exclusive SQLite transaction: the kernel frees it when the process is killed, so none is ever stale. Who holds it stands
 * beside it in `server.json`, because closing any handle on the lock file would drop the locks of the whole process.
 *
 * @throws EmbeddedPostgresError `storage_in_use`, `unusable_storage`
 */
export function lockStorage(storageDir: string): StorageLock {
  const holderFile = join(storageDir, 'server.json');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(storageDir, 'server.lock'), { timeout: BUSY_TIMEOUT_MS });
    // Nothing is ever written, so there is no journal to leave behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeHolder(holderFile);
  } catch (error) {
    database?.close();
    throw isBusy(error)
      ? new EmbeddedPostgresError(
          'storage_in_use',
          `the storage directory ${storageDir} is in use by another server${describeHolder(holderFile)}`,
        )
      : new EmbeddedPostgresError('unusable_storage', `the storage directory ${storageDir} cannot be locked: ${reason(error)}`, {
          cause: error,
        });
  }
  const held = database;
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      rmSync(holderFile, { force: true });
      held.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function writeHolder(file: string): void {
  const holder = { pid: process.pid, host: hostname(), started_at: new Date().toISOString() };
  const aside = `${file}.new`;
  writeFileSync(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}

/** Empty where the holder has not written its name yet, or nobody may read it: the lock alone decides. */
function describeHolder(file: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('host' in holder)) return '';
    return ` (process ${String(holder.pid)} on ${String(holder.host)})`;
  } catch {
    return '';
  }
}
