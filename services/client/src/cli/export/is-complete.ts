import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, utimes } from 'node:fs/promises';
import type { FileEntry } from '@syncpair/contracts';

/**
 * Whether a file of an earlier run has the content that it must have, by its SHA-256; then it gets its time and executable bit. False for
 * anything else that lies there, and where nothing does.
 */
export async function isComplete(target: string, { hash, size, mtime, executable }: FileEntry): Promise<boolean> {
  const stats = await lstat(target).catch(() => null);
  if (stats?.isFile() !== true || stats.size !== size) return false;
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(target)) sum.update(chunk as Uint8Array);
  if (sum.digest('hex') !== hash) return false;
  const mode = executable ? stats.mode | ((stats.mode & 0o444) >> 2) : stats.mode & ~0o111;
  if (mode !== stats.mode) await chmod(target, mode & 0o777);
  await utimes(target, Number(mtime) / 1e9, Number(mtime) / 1e9);
  return true;
}
