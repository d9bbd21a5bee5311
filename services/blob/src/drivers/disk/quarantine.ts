import type { ContentHash } from '@syncpair/contracts';
import type { Folder } from './folder.ts';
import { FOLDERS, shardOf } from './layout.ts';

/** Moves the copy of a content that stands alone out of the way, where a person can look at it; false when there is none. */
export async function quarantine(root: Folder, objects: Folder, hash: ContentHash, now: number): Promise<boolean> {
  const shard = await objects.existing(shardOf(hash));
  if (shard === null) return false;
  try {
    const aside = await root.folder(FOLDERS.quarantine);
    try {
      const moved = await aside.take(shard, hash, `${hash}-${now}`);
      await aside.sync();
      await shard.sync();
      return moved;
    } finally {
      await aside.close();
    }
  } finally {
    await shard.close();
  }
}
