import { statfsSync } from 'node:fs';

/**
 * ext2 to ext4, XFS and tmpfs of Linux, as `statfs` tells them: a folder has two links and one more for each folder in it (ext4 says 1 where
 * they are too many). Others say what they like.
 */
const COUNTING: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x01021994]);

/** True where the links of a folder tell whether there are folders in it. `folder` itself tells it for all on its file system. */
export function countsFolders(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return COUNTING.has(statfsSync(folder).type);
  } catch {
    // A folder that is not there is told of elsewhere.
    return false;
  }
}
