import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOf } from './child-end.ts';
import { type Cluster, dataDirOf } from './data-directory.ts';
import { writeOwnedFile } from './owned-files.ts';
import { startFailure } from './start-failure.ts';
import { isSystemError } from './system-error.ts';
import { tailOf } from './tail.ts';

const BYTES = 24;

export function passwordFileOf(folder: string): string {
  return join(folder, 'password');
}

/** The password of this cluster; null where there is none yet. */
export async function readPassword(folder: string): Promise<string | null> {
  try {
    const text = (await readFile(passwordFileOf(folder), 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Makes one up and keeps it where only PostgreSQL's account can read it. */
export async function createPassword({ folder, account }: Cluster): Promise<string> {
  const password = randomBytes(BYTES).toString('base64url');
  await writeOwnedFile(passwordFileOf(folder), `${password}\n`, account);
  return password;
}

/** Teaches a cluster whose password file was lost the password that is in the file now. PostgreSQL must not run. */
export async function resetPassword({ folder, binaries, launch, role }: Cluster, password: string): Promise<void> {
  const args = ['--single', '-D', dataDirOf(folder), '-c', 'log_destination=stderr', 'postgres'];
  const child = launch(binaries.postgres, args, { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], deathSignal: 'KILL' });
  const words = tailOf(child.stderr);
  const ended = endOf(child);
  // Base64url has no quote in it. A program that ended early is reported by its end.
  child.stdin?.on('error', () => undefined).end(`ALTER ROLE "${role}" PASSWORD '${password}'\n`);
  const { ok, how } = await ended;
  if (!ok || /ERROR|FATAL|PANIC/.test(words())) throw startFailure(`setting a new password for PostgreSQL in ${folder} ${how}`, words());
}
