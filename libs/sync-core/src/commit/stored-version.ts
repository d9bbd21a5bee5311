import type { FileEntry, LinkEntry, RelativePath, VersionId, VersionState } from '@syncpair/contracts';

/** A version as the server keeps it: what a decision needs to know of it. */
export interface StoredVersion {
  readonly version: VersionId;
  readonly state: VersionState;
  /** Decides among concurrent versions; see `order.ts`. */
  readonly order: bigint;
  /** The version since which the content is the same: its own id, or its parent's where only mtime or executable bit changed. */
  readonly contentSince: VersionId;
}

/** A version that was the head of its path once. */
export interface FormerVersion {
  readonly version: StoredVersion;
  /** Whether the path was deleted after it. */
  readonly isDeletedSince: boolean;
}

/** What an earlier request with the same change id was answered with. */
export interface AnsweredChange {
  readonly path: RelativePath;
  readonly version: StoredVersion;
  /** The conflict that the change won or lost, if there was one. */
  readonly conflict: string | null;
  readonly lost: boolean;
}

/** The part of a directory's state that a set of changes touches, read before deciding. */
export interface DirectoryView {
  /** The head of a path named by a change or above one, tombstones included; null where there never was anything. */
  head(path: RelativePath): StoredVersion | null;
  /** A version that a change names as its base, lost ones included; null when there is none. */
  version(path: RelativePath, id: VersionId): StoredVersion | null;
  /** Live entries directly in a folder that a change deletes or replaces. */
  liveChildren(folder: RelativePath): number;
  answered(changeId: string): AnsweredChange | null;
  /** Versions of the path that are or were its head with the content of this entry, the latest first. Left out: nobody returns here. */
  former?(path: RelativePath, entry: FileEntry | LinkEntry): readonly FormerVersion[];
}

/** A version to insert. The last one of a path that is not lost becomes its head. */
export interface VersionWrite {
  /** Its place in the commit. */
  readonly ordinal: number;
  readonly path: RelativePath;
  readonly state: VersionState;
  readonly order: bigint;
  readonly contentSince: VersionId;
  /** The version it was made from. */
  readonly parent: VersionId | null;
  /** Null for what the server adds by itself: folders above, conflict copies. */
  readonly changeId: string | null;
  /** Kept as the losing side of a conflict, never a head. */
  readonly lost: boolean;
}

/** A conflict to record. Both sides are versions of `path`. */
export interface ConflictWrite {
  readonly id: string;
  readonly path: RelativePath;
  readonly kind: 'content' | 'kind';
  readonly base: VersionId | null;
  readonly winner: VersionId;
  readonly loser: VersionId;
}
