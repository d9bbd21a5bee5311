import { constants, copyFile, link, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ancestorsOf, parseRelativePath } from '@syncpair/contracts';
import { rescueName } from '../disk/apply/rescue-name.ts';
import { dropItem } from './drop-item.ts';
import { hashOfFile } from './hash-of-file.ts';
import type { TrashItem } from './trash-item.ts';

export type Restored =
  /** It lies at its path again. */
  | { readonly outcome: 'restored'; readonly path: string }
  /** Its path holds something else, which stays; it lies beside it. */
  | { readonly outcome: 'beside'; readonly path: string }
  /** Its path holds the same already. */
  | { readonly outcome: 'same'; readonly path: string };

/** A path that cannot be given back, in words for the user. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

/**
 * Gives something of the trash its path back. Nothing is ever overwritten. It leaves the trash only once it has its name.
 *
 * @throws {RestoreRefused} where a parent is no folder; system errors
 */
export async function restoreItem(localPath: string, item: TrashItem): Promise<Restored> {
  const parsed = parseRelativePath(item.path);
  if (!parsed.ok) throw new RestoreRefused(`${item.path}: ${parsed.reason}`);
  for (const folder of ancestorsOf(parsed.value)) await ensureFolder(join(localPath, folder), folder);
  const target = join(localPath, parsed.value);
  if (await isSame(item.file, target)) {
    await dropItem(item);
    return { outcome: 'same', path: parsed.value };
  }
  if (await giveName(item.file, target)) {
    await dropItem(item);
    return { outcome: 'restored', path: parsed.value };
  }
  for (;;) {
    const name = rescueName(parsed.value.slice(parsed.value.lastIndexOf('/') + 1));
    if (!(await giveName(item.file, join(dirname(target), name)))) continue;
    await dropItem(item);
    return { outcome: 'beside', path: join(dirname(parsed.value), name) };
  }
}

/** Never through a link: what comes back stays in the folder. */
async function ensureFolder(at: string, folder: string): Promise<void> {
  const stats = await lstat(at).catch(() => null);
  if (stats === null) await mkdir(at);
  else if (!stats.isDirectory()) throw new RestoreRefused(`${folder} is no folder any more; move it away first`);
}

/** @returns false when something lies there */
async function giveName(from: string, to: string): Promise<boolean> {
  try {
    const stats = await lstat(from);
    if (stats.isSymbolicLink()) await symlink(await readlink(from), to);
    else await link(from, to).catch((error: unknown) => copyUnlessThere(error, from, to));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Where there are no hard links: a copy aside that is renamed would overwrite, so it is copied to the name itself, if that is free. */
async function copyUnlessThere(error: unknown, from: string, to: string): Promise<void> {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
  await copyFile(from, to, constants.COPYFILE_EXCL);
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([lstat(a), lstat(b).catch(() => null)]);
  if (right === null || !left.isFile() || !right.isFile() || left.size !== right.size) return false;
  return (await hashOfFile(a)) === (await hashOfFile(b));
}
