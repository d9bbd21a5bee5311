import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Copied, copyDiskBlobStore, openDiskBlobStore } from '@syncpair/blob';
import { PRODUCT_VERSION, parseManifestLocation } from '@syncpair/contracts';
import { type ReferredContent, type TablesExport, exportTables } from '@syncpair/metadata';
import { StandaloneError } from '../standalone-error.ts';
import { readManifest, writeManifest } from './backup-manifest.ts';
import { type StorageOptions, openStorage } from './open-storage.ts';

export interface BackupResult extends Copied {
  /** Rows of metadata. */
  readonly rows: number;
  /** Contents that versions name and the storage does not have: the backup is as good as the storage is. */
  readonly missing: number;
}

/** Anything that a backup makes in its folder. */
const OURS = /^(blobs|metadata-[0-9a-z-]+|backup\.json(\.new)?)$/;

/**
 * Copies a storage into a folder, beside a running server or without one: all metadata of one moment, and every content that it names. What an
 * earlier backup has copied into the folder is not copied again. Killed in the middle it leaves the backup before, or none.
 *
 * @throws StandaloneError
 */
export async function backUp(
  options: StorageOptions & { readonly dest: string; readonly progress: (copied: Copied) => void },
): Promise<BackupResult> {
  const { dest, progress } = options;
  const storage = await openStorage(options);
  try {
    await prepare(dest);
    const before = await readManifest(dest);
    const name = `metadata-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
    const folder = join(dest, name);
    await mkdir(folder, { mode: 0o700 });
    let copied: Copied = { files: 0, bytes: 0, kept: 0 };
    let missing = 0;
    const exported: TablesExport = await exportTables(storage.databaseUrl, folder, async (contents) => {
      copied = await copyDiskBlobStore(storage.blobDir, join(dest, 'blobs'), progress);
      missing = await missingIn(join(dest, 'blobs'), contents);
    });
    await syncFolder(folder);
    await writeManifest(dest, { product: PRODUCT_VERSION, created_at: new Date().toISOString(), metadata: name, missing, ...exported });
    if (before !== null) await rm(join(dest, before.metadata), { recursive: true, force: true });
    return { ...copied, missing, rows: exported.tables.reduce((sum, { rows }) => sum + rows, 0) };
  } finally {
    await storage.close();
  }
}

/** Makes the folder, or takes one that is empty or a backup; removes what a killed backup left of its metadata. */
async function prepare(dest: string): Promise<void> {
  await mkdir(dest, { recursive: true, mode: 0o700 });
  const names = await readdir(dest);
  const foreign = names.find((name) => !OURS.test(name));
  if (foreign !== undefined)
    throw new StandaloneError(
      `${dest} holds "${foreign}", which is no part of a backup; take an empty folder, or one of an earlier backup`,
      2,
    );
  const current = (await readManifest(dest))?.metadata;
  for (const name of names)
    if (name.startsWith('metadata-') && name !== current) await rm(join(dest, name), { recursive: true, force: true });
}

async function missingIn(folder: string, contents: AsyncIterable<ReferredContent>): Promise<number> {
  const store = await openDiskBlobStore(folder);
  let missing = 0;
  try {
    for await (const { hash, location } of contents) {
      // What it consists of is among the contents.
      if (location !== null && parseManifestLocation(location) !== null) continue;
      if (location === null || (await store.stat({ hash, location })) === null) missing += 1;
    }
    return missing;
  } finally {
    await store.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
