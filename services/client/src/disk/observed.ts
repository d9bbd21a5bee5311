import type { RelativePath } from '@syncpair/contracts';

/**
 * What lies at a path, as one `lstat` told it.
 *
 * `stamp` changes whenever the object may have changed: for files size, mtime, ctime, inode and executable bit, for links mtime, ctime
 * and inode, for folders the inode alone (their times echo their children's). Two equal stamps of one path mean "not touched in between"; but for `changedAt`
 * stamps have no other meaning, and are compared as text.
 */
export type Observed = ObservedFile | ObservedDir | ObservedLink | ObservedSpecial;

export interface ObservedFile {
  readonly kind: 'file';
  readonly stamp: string;
  readonly inode: bigint;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Nanoseconds since 1970: when content or metadata last changed, by this machine's clock. */
  readonly ctime: bigint;
  /** Null where the platform has no executable bit. */
  readonly executable: boolean | null;
}

export interface ObservedDir {
  readonly kind: 'dir';
  readonly stamp: string;
  readonly inode: bigint;
  /** True when another file system is mounted here: what lies below is unknown, never "gone". */
  readonly otherFileSystem: boolean;
}

export interface ObservedLink {
  readonly kind: 'link';
  readonly stamp: string;
  readonly inode: bigint;
  readonly target: string;
  readonly mtime: bigint;
}

/** A socket, device or FIFO: never opened, reported once. */
export interface ObservedSpecial {
  readonly kind: 'special';
  readonly stamp: string;
  readonly inode: bigint;
  readonly what: string;
}

/** One name in a complete listing. */
export interface ListedEntry {
  readonly path: RelativePath;
  readonly observed: Observed;
}
