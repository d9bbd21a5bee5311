import { existsSync } from 'node:fs';
import { linuxPlatform } from './linux.ts';
import { otherPlatform } from './other.ts';

/** What differs between operating systems in how a folder tree is reached; nothing else in `disk/` asks which one it runs on. */
export interface Platform {
  /** False where files carry no executable bit (Windows). */
  readonly executableBit: boolean;
  /** Opens the root, links in the path to it followed. */
  openRoot(root: string): FolderHandle;
  /** Paths below the root at which something else is mounted, as far as this system tells. @throws system errors */
  mountsBelow(root: FolderHandle): ReadonlySet<string>;
}

/**
 * A folder that was reached from the root without following a link. What `at` gives is valid while the handle is open, and names an
 * object of this very folder, wherever another process moves it and whatever it puts in its place.
 */
export interface FolderHandle {
  readonly device: bigint;
  readonly inode: bigint;
  /** The text under which `node:fs` reaches the folder itself. */
  readonly self: string;
  /** The text under which `node:fs` reaches `name` in the folder, without following `name` on lstat, rename, link, unlink, mkdir. */
  at(name: string): string;
  /** @throws system errors; ENOTDIR or ELOOP where `name` is a link or anything else but a folder */
  openChild(name: string): FolderHandle;
  /** @throws {DiskFailure} `moved` where the platform can hold no handle and the folder is no longer where it was */
  confirm(): void;
  /** A descriptor that `fsync` makes the folder's names durable with; null where the platform has none. The caller closes it. */
  openForSync(): number | null;
  close(): void;
}

/** The way to reach folders on this machine. */
export function choosePlatform(): Platform {
  return process.platform === 'linux' && existsSync('/proc/self/fd') ? linuxPlatform : otherPlatform;
}
