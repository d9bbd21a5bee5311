import { mkdir, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DiskBlobStore } from './disk-blob-store.ts';
import { Folder } from './folder.ts';
import { FOLDERS } from './layout.ts';
import { LooseObjects } from './loose-objects.ts';
import { PACK_LIMITS, PackAppender, type PackLimits, type Report } from './pack-appender.ts';
import { PackedObjects } from './packed-objects.ts';
import { TempFiles } from './temp-files.ts';

const SWEEP_MS = 60 * 60_000;

export interface DiskOptions {
  readonly packLimits?: PackLimits;
  readonly report?: Report;
}

/**
 * The store in a folder, which is made when it is missing. The folder itself may be a link; nothing below it may. No configuration and no
 * database: what is there tells itself.
 *
 * @throws when the folder cannot be used, naming it.
 */
export async function openDiskBlobStore(path: string, options: DiskOptions = {}): Promise<DiskBlobStore> {
  const { packLimits = PACK_LIMITS, report = () => undefined } = options;
  await makeDurable(resolve(path));
  const root = await Folder.at(await realpath(path));
  const objects = await root.folder(FOLDERS.objects);
  const packs = await root.folder(FOLDERS.packs);
  const own = await root.folder(FOLDERS.own);
  const temp = new TempFiles(await root.folder(FOLDERS.temp));

  await root.sync();

  const sweep = (): Promise<void> => temp.sweep(Date.now()).catch((error: unknown) => report('temporary files were not swept', error));
  await sweep();
  const timer = setInterval(() => void sweep(), SWEEP_MS);
  timer.unref();

  const appender = new PackAppender(packs, temp, packLimits, report);
  const release = async (): Promise<void> => {
    clearInterval(timer);
    for (const folder of [objects, packs, own, temp.folder, root]) await folder.close();
  };
  return new DiskBlobStore({
    root,
    objects,
    packs,
    own,
    temp,
    loose: new LooseObjects(objects, temp),
    packed: new PackedObjects(packs, appender),
    appender,
    release,
  });
}

/** Makes the folder and its parents where they are missing, and flushes what was made. */
async function makeDurable(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  for (let made = first === undefined ? null : path; made !== null; made = made === first ? null : dirname(made)) {
    const parent = await Folder.at(await realpath(dirname(made)));
    await parent.sync();
    await parent.close();
  }
}
