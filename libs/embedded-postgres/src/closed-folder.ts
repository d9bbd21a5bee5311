import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Account } from './account.ts';

/**
 * The topmost folder on the way to `path` (itself included when it is a folder) that `account` may not pass through by owner, group and
 * mode; null where the way is open. Access control lists are not asked: they are rare above a storage directory, and the start then fails
 * with PostgreSQL's own words.
 *
 * @param path absolute, without symbolic links
 */
export async function closedFolder(path: string, account: Account): Promise<string | null> {
  for (const folder of [...ancestors(path), path]) {
    const { uid, gid, mode } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
  }
  return null;
}

/** From the root down. */
function ancestors(path: string): string[] {
  const up = dirname(path);
  return up === path ? [] : [...ancestors(up), up];
}
