import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { writeOwnedFile } from './owned-files.ts';
import { isSystemError } from './system-error.ts';

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
export async function createPassword(folder: string, account: Account | null): Promise<string> {
  const password = randomBytes(BYTES).toString('base64url');
  await writeOwnedFile(passwordFileOf(folder), `${password}\n`, account);
  return password;
}
