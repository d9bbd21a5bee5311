import { chown, lchown, lstat, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { isSystemError } from './system-error.ts';

/** Makes a folder for `account` alone where there is none; its parent must exist. */
export async function makeOwnedFolder(path: string, account: Account | null): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  if (account !== null) await chown(path, account.uid, account.gid);
}

/** Writes a file for `account` alone, whole or not at all. */
export async function writeOwnedFile(path: string, text: string, account: Account | null): Promise<void> {
  const aside = `${path}.new`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  if (account !== null) await chown(aside, account.uid, account.gid);
  await rename(aside, path);
}

/** Gives a whole tree of ours to `account`, as after a copy that was made by root. Links are not followed. */
export async function giveTree(path: string, account: Account): Promise<void> {
  await lchown(path, account.uid, account.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveTree(join(path, name), account);
}
