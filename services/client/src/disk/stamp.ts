import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import type { Expected } from './disk.ts';
import type { Observed } from './observed.ts';
import { codeOf } from './problem.ts';

/** The owner's permission to execute, as Git counts it. */
export const OWNER_EXECUTES = 0o100n;

export interface ObserveOptions {
  /** The root's. */
  readonly device: bigint;
  readonly executableBit: boolean;
}

/** One `lstat`, or undefined where nothing is. @throws system errors but ENOENT and ENOTDIR */
export function lstat(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** What lies at `path`, told without following it; null where nothing does. @throws system errors */
export function observe(path: string, options: ObserveOptions): Observed | null {
  try {
    return observeOnce(path, options);
  } catch (error) {
    // A link that became something else before its target was read is looked at anew.
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EINVAL') throw error;
    return observeOnce(path, options);
  }
}

function observeOnce(path: string, options: ObserveOptions): Observed | null {
  const stats = lstat(path);
  return stats === undefined ? null : describe(stats, path, options);
}

/**
 * What an object is of which `stats` tell. A link's target is read now, at `path`.
 *
 * @throws ENOENT or EINVAL when a link vanished or was replaced between its `lstat` and reading its target
 */
export function describe(stats: BigIntStats, path: string, { device, executableBit }: ObserveOptions): Observed {
  const stamp = stampOf(stats);
  const inode = stats.ino;
  if (stats.isFile()) {
    const executable = executableBit ? (stats.mode & OWNER_EXECUTES) !== 0n : null;
    return { kind: 'file', stamp, inode, size: Number(stats.size), mtime: stats.mtimeNs, ctime: stats.ctimeNs, executable };
  }
  if (stats.isDirectory()) return { kind: 'dir', stamp, inode, otherFileSystem: stats.dev !== device };
  if (stats.isSymbolicLink()) return { kind: 'link', stamp, inode, target: readlinkSync(path), mtime: stats.mtimeNs };
  return { kind: 'special', stamp, inode, what: specialName(stats) };
}

/**
 * The stamp of `Observed`; its first letter is the kind. The executable bit stands in it although a change of mode gives a new ctime: not
 * within the grain of the file system's clock, as right after this client wrote the file.
 */
export function stampOf(stats: BigIntStats): string {
  if (stats.isFile()) {
    const executable = (stats.mode & OWNER_EXECUTES) === 0n ? '' : '.x';
    return `f.${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}.${stats.ino}${executable}`;
  }
  if (stats.isDirectory()) return `d.${stats.ino}`;
  return `${stats.isSymbolicLink() ? 'l' : 's'}.${stats.mtimeNs}.${stats.ctimeNs}.${stats.ino}`;
}

/** When the object of a stamp last changed, by this machine's clock: nanoseconds since 1970; null for folders, whose stamps do not tell. */
export function changedAt(stamp: string): bigint | null {
  const [kind, ...fields] = stamp.split('.');
  const ctime = kind === 'f' ? fields[2] : kind === 'l' ? fields[1] : undefined;
  return ctime === undefined ? null : BigInt(ctime);
}

/** True when what lies there is what an action was planned against. One folder is as good as another: removal takes only empty ones. */
export function isExpected(expected: Expected, stats: BigIntStats | undefined): boolean {
  if (expected === 'absent') return stats === undefined;
  if (stats === undefined) return false;
  return stats.isDirectory() ? expected.stamp.startsWith('d.') : expected.stamp === stampOf(stats);
}

/** Like equal stamps, but for ctime: naming, linking and renaming an object changes that by themselves. */
export function isUntouched(before: BigIntStats, after: BigIntStats | undefined): boolean {
  return after?.ino === before.ino && after.size === before.size && after.mtimeNs === before.mtimeNs;
}

function specialName(stats: BigIntStats): string {
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'device' : 'special file';
}
