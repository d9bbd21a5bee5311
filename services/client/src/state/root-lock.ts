import { chmodSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const LOCK_FILE = '.syncpair.lock';
/** SQLite's result codes. */
const BUSY = 5;
const NOT_A_DATABASE = 26;

/** Another live daemon works on the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/**
 * Takes the folder for this process: an exclusive SQLite transaction on a file in it, which the kernel frees when the process ends,
 * however it ends. Nothing to clean up, nothing that goes stale.
 *
 * @returns what frees it again
 * @throws {FolderInUseError} at once when another process has it
 */
export function lockRoot(root: string): () => void {
  const file = join(root, LOCK_FILE);
  try {
    return lockFile(file, root);
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== NOT_A_DATABASE) throw error;
    // Nothing is kept in it but the lock.
    rmSync(file);
    return lockFile(file, root);
  }
}

function lockFile(file: string, root: string): () => void {
  const database = new DatabaseSync(file);
  try {
    if (process.platform !== 'win32') chmodSync(file, 0o600);
    // No waiting: the other one keeps it for its whole life.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) === BUSY) {
      throw new FolderInUseError(`another syncpair client on ${hostname()} works on ${root}; stop it first, or use another local_path`);
    }
    throw error;
  }
  return () => {
    if (database.isTransaction) database.exec('ROLLBACK');
    database.close();
  };
}
