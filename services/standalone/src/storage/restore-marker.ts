import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StandaloneError } from '../standalone-error.ts';

const NAME = 'restore-unfinished';

/** Says that what lies in a storage is not whole yet. */
export async function markUnfinished(storageDir: string): Promise<void> {
  const file = await open(join(storageDir, NAME), 'wx', 0o600);
  await file.sync().finally(() => file.close());
  await syncFolder(storageDir);
}

export async function markFinished(storageDir: string): Promise<void> {
  await rm(join(storageDir, NAME));
  await syncFolder(storageDir);
}

/** @throws StandaloneError for a storage that a restore was to fill and did not */
export async function refuseUnfinished(storageDir: string): Promise<void> {
  const found = await stat(join(storageDir, NAME)).catch(() => null);
  if (found === null) return;
  throw new StandaloneError(
    `the storage directory ${storageDir} was not restored to its end: remove it, and run "syncpair restore-backup" again`,
    2,
  );
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
