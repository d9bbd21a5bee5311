import { join } from 'node:path';
import { dataDirOf } from './data-directory.ts';
import { readPassword } from './password.ts';
import { readPostmasterPid } from './postmaster-pid.ts';

/**
 * The URL of the embedded PostgreSQL that a server runs in this storage directory right now, with the password: a secret. Null where none is
 * ready to take connections.
 *
 * @throws when its files cannot be read: only the account of the server and root may
 */
export async function runningPostgresUrl(storageDir: string): Promise<string | null> {
  const folder = join(storageDir, 'postgres');
  const postmaster = await readPostmasterPid(dataDirOf(folder));
  const password = await readPassword(folder);
  if (postmaster === null || postmaster.port === null || !postmaster.ready || password === null) return null;
  return `postgresql://syncpair:${password}@127.0.0.1:${postmaster.port}/syncpair`;
}
