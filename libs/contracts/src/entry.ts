import type { ContentHash } from './content-hash.ts';
import type { Nanoseconds } from './mtime.ts';

/** A regular file: what is carried of it. Owner, group and the other permission bits stay local. */
export interface FileEntry {
  readonly kind: 'file';
  readonly hash: ContentHash;
  /** Bytes. */
  readonly size: number;
  readonly mtime: Nanoseconds;
  readonly executable: boolean;
}

/** A folder. It has no mtime of its own here: on disk that only echoes what happens to its children. */
export interface DirEntry {
  readonly kind: 'dir';
}

/** A symbolic link, carried as a link and never followed. */
export interface LinkEntry {
  readonly kind: 'link';
  /** The text of the link, exactly as stored. */
  readonly target: string;
  readonly mtime: Nanoseconds;
}

/** What lies at a path. */
export type Entry = FileEntry | DirEntry | LinkEntry;

/** What a version says of a path: an entry, or that there is none any more. */
export type VersionState = Entry | { readonly kind: 'tombstone' };

/** True when both are of one kind and hold the same content; mtime and executable bit are left out. */
export function sameContent(a: VersionState, b: VersionState): boolean {
  if (a.kind === 'file') return b.kind === 'file' && a.hash === b.hash;
  if (a.kind === 'link') return b.kind === 'link' && a.target === b.target;
  return a.kind === b.kind;
}

/** True when nothing that is carried differs. */
export function sameState(a: VersionState, b: VersionState): boolean {
  if (!sameContent(a, b)) return false;
  if (a.kind === 'file' && b.kind === 'file') return a.mtime === b.mtime && a.executable === b.executable;
  if (a.kind === 'link' && b.kind === 'link') return a.mtime === b.mtime;
  return true;
}
