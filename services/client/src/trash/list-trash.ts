import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRelativePath } from '@syncpair/contracts';
import { z } from 'zod';
import { ABOUT, CONTENT, KEPT_PREFIX } from '../disk/apply/trash-layout.ts';
import { TRASH } from '../disk/own-folder.ts';
import type { TrashItem } from './trash-item.ts';

const aboutSchema = z.object({ path: z.string(), reason: z.string(), at: z.string() });
/** Before the name of what lies in the trash for a moment: 12 characters and a hyphen. */
const MARK = /^[A-Za-z0-9_-]{12}-/;

/** What lies in the trash of a folder and has no other name, the newest first. What goes away meanwhile is left out. */
export async function listTrash(localPath: string): Promise<TrashItem[]> {
  const trash = join(localPath, TRASH);
  const names = await readdir(trash).catch(absent([] as string[]));
  const items = await Promise.all(names.map((name) => (name.startsWith(KEPT_PREFIX) ? keptItem(trash, name) : leftItem(trash, name))));
  return items.filter((item) => item !== null).sort((a, b) => (a.since < b.since ? 1 : -1));
}

/** Kept on purpose, with what it is. */
async function keptItem(trash: string, id: string): Promise<TrashItem | null> {
  const file = join(trash, id, CONTENT);
  const stats = await lstat(file).catch(absent(null));
  const text = await readFile(join(trash, id, ABOUT), 'utf8').catch(absent(null));
  if (stats === null || text === null) return null;
  const about = aboutSchema.safeParse(parseJson(text));
  const path = about.success ? parseRelativePath(about.data.path) : { ok: false as const };
  if (!about.success || !path.ok) return null;
  return { id, path: path.value, whole: true, size: stats.size, since: about.data.at, reason: about.data.reason, file };
}

/** What was being replaced or removed when the client ended. */
async function leftItem(trash: string, id: string): Promise<TrashItem | null> {
  const file = join(trash, id);
  const stats = await lstat(file).catch(absent(null));
  if (stats === null || stats.isDirectory() || stats.nlink > 1) return null;
  const reason = 'the client ended while it was replaced or removed, or somebody wrote to it at that moment';
  return { id, path: id.replace(MARK, ''), whole: false, size: stats.size, since: stats.ctime.toISOString(), reason, file };
}

const absent =
  <T>(value: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it tells no path.
    return null;
  }
}
