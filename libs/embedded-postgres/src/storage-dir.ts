import { mkdir, realpath } from 'node:fs/promises';
import { EmbeddedPostgresError } from './error.ts';
import { isSystemError } from './system-error.ts';

/**
 * Makes the storage directory where it is missing, for its owner alone, and gives its real path.
 *
 * @throws EmbeddedPostgresError `unusable_storage`
 */
export async function makeStorageDir(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await realpath(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EmbeddedPostgresError('unusable_storage', `the storage directory ${path} cannot be made: ${error.message}`, { cause: error });
  }
}
