import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { FolderFacts } from './check-folders.ts';

/** What is on disk at a path, every link followed: it may not exist yet, then its nearest folder that does says where it will be. */
export async function lookAtFolder(localPath: string): Promise<FolderFacts> {
  const missing: string[] = [];
  let existing = localPath;
  let problem: FolderFacts['problem'] = null;
  for (;;) {
    try {
      existing = await realpath(existing);
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const target = code === 'ENOENT' || code === 'ELOOP' ? await targetOf(existing) : null;
      if (target !== null) problem = code === 'ELOOP' ? { kind: 'loop', path: existing } : { kind: 'dangling', path: existing, target };
      const parent = dirname(existing);
      if (parent === existing) break;
      missing.unshift(basename(existing));
      existing = parent;
    }
  }
  const found = await stat(existing).catch(() => null);
  if (found !== null && !found.isDirectory()) problem ??= { kind: 'not-a-folder', path: existing };
  return { localPath, realPath: join(existing, ...missing), ids: [...missing.map(() => null), ...(await idsOf(existing))], problem };
}

/** What a link points to, though nothing is there; null when `path` is no link. */
async function targetOf(path: string): Promise<string | null> {
  const entry = await lstat(path).catch(() => null);
  if (entry?.isSymbolicLink() !== true) return null;
  const target = await readlink(path);
  return isAbsolute(target) ? target : join(dirname(path), target);
}

/** The identity of a folder and of each above it, itself first; null where it cannot be seen. */
async function idsOf(folder: string): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  for (let path = folder; ; path = dirname(path)) {
    const found = await stat(path, { bigint: true }).catch(() => null);
    ids.push(found === null ? null : `${found.dev}:${found.ino}`);
    if (dirname(path) === path) return ids;
  }
}
