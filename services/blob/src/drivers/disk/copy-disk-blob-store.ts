import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orMissing } from './disk-error.ts';
import { FOLDERS, SHARDS, hashOfFile } from './layout.ts';
import { indexName, packIds, packName } from './pack-names.ts';

export interface Copied {
  /** Files that were copied now. */
  files: number;
  /** Bytes of those. */
  bytes: number;
  /** Files that were there already. */
  kept: number;
}

/** Where a copy is written before it gets its name. */
const PARTIAL = 'tmp';

/**
 * Copies what a disk store holds into a folder, which is a disk store afterwards. What is there already is left as it is: contents never
 * change, and packs only grow. Beside a store that is written to, everything that was durable at the beginning is in the copy; killed in the
 * middle, what has a name in the copy is whole.
 */
export async function copyDiskBlobStore(from: string, to: string, progress: (copied: Copied) => void): Promise<Copied> {
  const copied: Copied = { files: 0, bytes: 0, kept: 0 };
  await rm(join(to, PARTIAL), { recursive: true, force: true });
  for (const folder of [FOLDERS.objects, FOLDERS.packs, FOLDERS.own, PARTIAL])
    await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
  const take = async (folder: string, names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
    for (const name of names) {
      await copyOne(join(from, folder, name), join(to, folder, name), join(to, PARTIAL, 'copy'), copied);
      progress(copied);
    }
    await syncFolder(join(to, folder));
  };
  // The store's own objects are few, and made once.
  await take(FOLDERS.own, await namesIn(join(from, FOLDERS.own)));
  for (const shard of SHARDS) {
    const names = await namesIn(join(from, FOLDERS.objects, shard));
    await take(
      join(FOLDERS.objects, shard),
      names.filter((name) => hashOfFile(shard, name) !== null),
    );
  }
  await syncFolder(join(to, FOLDERS.objects));
  const packs = await namesIn(join(from, FOLDERS.packs));
  // The index after its pack, of which it is a part.
  for (const id of packIds(packs)) await take(FOLDERS.packs, [packName(id), ...packs.filter((name) => name === indexName(id))]);
  await rm(join(to, PARTIAL), { recursive: true, force: true });
  await syncFolder(to);
  return copied;
}

async function copyOne(from: string, to: string, partial: string, copied: Copied): Promise<void> {
  const source = await orMissing(stat(from));
  // Put aside by somebody meanwhile; whoever needs it notices.
  if (source === null) return;
  const there = await orMissing(stat(to));
  if (there !== null && there.size === source.size) {
    copied.kept += 1;
    return;
  }
  await copyFile(from, partial, constants.COPYFILE_FICLONE);
  const handle = await open(partial, 'r+');
  await handle.sync().finally(() => handle.close());
  await rename(partial, to);
  copied.files += 1;
  copied.bytes += source.size;
}

const namesIn = async (folder: string): Promise<string[]> => (await orMissing(readdir(folder))) ?? [];

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
