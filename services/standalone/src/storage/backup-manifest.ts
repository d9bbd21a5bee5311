import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TablesExport } from '@syncpair/metadata';
import { z } from 'zod';
import { StandaloneError } from '../standalone-error.ts';

const NAME = 'backup.json';
/** Of what stands in a backup and where. */
const FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  product: z.string(),
  created_at: z.string(),
  /** The folder in the backup that holds the tables. */
  metadata: z.string().regex(/^metadata-[0-9a-z-]+$/),
  /** Contents that versions named and the storage did not have. */
  missing: z.number().int().nonnegative(),
  migrations: z.array(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      file: z.string().regex(/^[\w.-]+$/),
      rows: z.number().int().nonnegative(),
      sha256: z.string(),
    }),
  ),
});

/** What makes a folder a backup: written last, so that one that was not finished has none, or the one of the backup before. */
export type BackupManifest = Omit<z.output<typeof manifestSchema>, keyof TablesExport> & TablesExport;

export async function writeManifest(folder: string, manifest: Omit<BackupManifest, 'format'>): Promise<void> {
  const partial = join(folder, `${NAME}.new`);
  const file = await open(partial, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, join(folder, NAME));
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Null where no backup was ever finished in the folder. @throws StandaloneError for a manifest that this build cannot read */
export async function readManifest(folder: string): Promise<BackupManifest | null> {
  const text = await readFile(join(folder, NAME), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = manifestSchema.safeParse(asJson(text));
  if (parsed.success) return parsed.data;
  throw new StandaloneError(`${join(folder, NAME)} is damaged, or was written by a newer SyncPair`, 2);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
