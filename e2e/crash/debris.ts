import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CONTENT_HASH = /^[0-9a-f]{64}$/;

/**
 * What a crash left in SyncPair's own folders and one start did not remove, a line each. Parts of downloads that go on, and objects in the trash
 * that have no other name any more, stay by intent.
 */
export function debrisIn(folder: string): string[] {
  const staging = namesIn(join(folder, '.syncpair_staging')).filter((name) => !CONTENT_HASH.test(name));
  const trash = namesIn(join(folder, '.syncpair_trash')).filter((name) => {
    const stats = lstatSync(join(folder, '.syncpair_trash', name), { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.nlink > 1;
  });
  return [...staging.map((name) => `debris in staging: ${name}`), ...trash.map((name) => `debris in the trash: ${name}`)];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
