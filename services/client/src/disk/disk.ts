import type { Chunk, ContentHash, RelativePath } from '@syncpair/contracts';
import type { ListedEntry, Observed } from './observed.ts';

/**
 * The folder of one directory, as the engine uses it. Everything is asked in batches, so that an implementation can answer each in one
 * go on a thread of its own. No call follows a symbolic link below the root, reads outside of it or writes outside of it, whatever other
 * processes do to the tree meanwhile.
 *
 * A failure of one path is a `DiskProblem` in its place of the answer; only the loss of the root itself rejects, with `RootLostError`.
 */
export interface Disk {
  /** Proves that the root is there and which one it is. @throws {RootLostError} */
  identify(): Promise<RootIdentity>;

  /**
   * Every name in each folder (null: the root), or why it could not be read completely. Names that are SyncPair's own are left out. Tells of
   * the first folder at least, and leaves out the later ones when those before them hold very many names.
   */
  list(folders: readonly (RelativePath | null)[]): Promise<(Listing | DiskProblem)[]>;

  /** Like `list`, and tells no names of a folder that holds just what is known of it. */
  listChanged(folders: readonly KnownFolder[]): Promise<(Listing | Unchanged | DiskProblem)[]>;

  /** What lies at each path; null where there is certainly nothing. */
  stat(paths: readonly RelativePath[]): Promise<(Observed | null | DiskProblem)[]>;

  /** For each of these whether something else lies there than its stamp says, or nothing, or what cannot be told. */
  differ(expected: readonly ExpectedObject[]): Promise<boolean[]>;

  /** The SHA-256 of each file, read while its stamp stayed the expected one; `changed` where it did not. */
  hash(files: readonly ExpectedFile[]): Promise<(ContentHash | 'changed' | DiskProblem)[]>;

  /**
   * Like `hash` of one file, and from the same reading how it is cut into chunks. For a file of any bytes at all: it is read in steps of some
   * MiB, between which other requests are answered. `onChunks` is told of chunks in their order as soon as they are known; the file may turn
   * out to be `changed` after that.
   */
  chunk(file: ExpectedFile, onChunks?: (chunks: readonly Chunk[]) => void): Promise<ChunkedContent | 'changed' | DiskProblem>;

  /** The bytes of small files (a few MiB in all), under the same condition. */
  read(files: readonly ExpectedFile[]): Promise<(Uint8Array | 'changed' | DiskProblem)[]>;

  /** The bytes of some parts of a file (a few MiB in all), under the same condition; `changed` too where it ends before them. */
  readParts(file: ExpectedFile, parts: readonly FilePart[]): Promise<readonly Uint8Array[] | 'changed' | DiskProblem>;

  /** The bytes of a file of any size, as a stream; the caller checks the stamp again afterwards with `stat`. */
  openRead(path: RelativePath, start: number): Promise<AsyncIterable<Uint8Array> | DiskProblem>;

  /**
   * A file in the staging area, to be filled and then named by `apply`. What lies there after a crash is removed by `clean`, except parts
   * of large downloads that `stage` resumes: `key` names the content, `size` tells how much of it is there already.
   *
   * `size` is what the file will have in the end, in bytes.
   *
   * @throws {StagingError} `ENOSPC` before anything is written when the disk cannot take it
   */
  stage(key: ContentHash, size: number): Promise<StagedFile>;

  /** Carries out actions in their order, each all or not at all, and makes them durable before it answers. */
  apply(actions: readonly DiskAction[]): Promise<DiskResult[]>;

  /** Removes debris of earlier runs. */
  clean(): Promise<void>;

  close(): Promise<void>;
}

/** Tells one root from another that was put in its place. */
export interface RootIdentity {
  readonly device: string;
  readonly inode: string;
}

/** The root is missing, replaced, or not a folder. Nothing that is absent counts as deleted. */
export class RootLostError extends Error {
  override readonly name = 'RootLostError';
}

export interface Listing {
  readonly entries: readonly ListedEntry[];
  /** Names that cannot travel (not UTF-8, reserved, too long, with a backslash), each with its reason. What they hold is unknown. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Paths that are there and could not be looked at: what they are is unknown, and none of them is gone. */
  readonly unseen: readonly UnseenEntry[];
}

/** A folder to list, and what is known of it. */
export interface KnownFolder {
  /** Null: the root. */
  readonly path: RelativePath | null;
  /** The stamp and the name of each object in it, in the order of the names' bytes and each with a slash behind it; null when that is not known. */
  readonly known: string | null;
}

/** A folder in which every name, and no other, has the stamp that is known of it. */
export interface Unchanged {
  readonly unchanged: true;
  /** The folders in it. */
  readonly folders: readonly RelativePath[];
  /** One of the files in it; null where there is none. */
  readonly file: RelativePath | null;
}

/** A name in a folder that can be listed, of which nothing else can be told: `code` and `message` as of a `DiskProblem`. */
export interface UnseenEntry {
  readonly path: RelativePath;
  readonly code: string;
  readonly message: string;
}

/** Why one path could not be read or written; it is tried again later. `code` is stable (`EACCES`, `ENOSPC`, `not_a_folder`, …). */
export class DiskProblem {
  readonly code: string;
  readonly message: string;

  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** Why the staging area failed: `stage` and the calls of its files reject with it. */
export class StagingError extends Error {
  override readonly name = 'StagingError';
  readonly problem: DiskProblem;

  constructor(problem: DiskProblem) {
    super(`the staging area cannot be used: ${problem.message} (${problem.code})`);
    this.problem = problem;
  }
}

/** An object as it was seen. */
export interface ExpectedObject {
  readonly path: RelativePath;
  readonly stamp: string;
}

export type ExpectedFile = ExpectedObject;

/** What one reading of a file tells of its content. */
export interface ChunkedContent {
  readonly hash: ContentHash;
  /** Its chunks, as `decodeManifest` reads them. */
  readonly manifest: Uint8Array;
}

/** A stretch of a file, in bytes. */
export interface FilePart {
  readonly start: number;
  readonly size: number;
}

export interface StagedFile {
  /** Bytes already there from an interrupted download. */
  readonly size: number;
  /** Reads back what is there, to continue a hash over it. */
  readExisting(): AsyncIterable<Uint8Array>;
  /** Reads back a part of what is there or was written since. */
  read(part: FilePart): Promise<Uint8Array>;
  /** Forgets all but the first `size` bytes; what is written next goes behind them. */
  cutTo(size: number): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  /** Flushes and closes; the file stays until `apply` names it or `discard` is called. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** What must lie at a path for an action to touch it: this stamp, or nothing. */
export type Expected = { readonly stamp: string } | 'absent';

export type DiskAction =
  /** Puts a file in place. The permissions of a replaced file stay, but for the executable bit; a new one gets those of the umask. */
  | {
      readonly op: 'file';
      readonly path: RelativePath;
      readonly expected: Expected;
      /** The bytes, or the hash under which they were staged, or an untouched file of the same content to copy. */
      readonly content:
        { readonly bytes: Uint8Array } | { readonly staged: ContentHash } | { readonly copyOf: ExpectedFile; readonly hash: ContentHash };
      readonly mtime: bigint;
      readonly executable: boolean;
    }
  | { readonly op: 'link'; readonly path: RelativePath; readonly expected: Expected; readonly target: string; readonly mtime: bigint }
  /** Makes a folder; a file or link in its place is replaced when it is the expected one. An existing folder is success. */
  | { readonly op: 'dir'; readonly path: RelativePath; readonly expected: Expected }
  /** Sets mtime and executable bit of a file or link, its content untouched. */
  | {
      readonly op: 'metadata';
      readonly path: RelativePath;
      readonly expected: Expected;
      readonly mtime: bigint;
      readonly executable: boolean | null;
    }
  /** Removes a file, link or empty folder. With `keep`, a file or link goes to the trash, with what is to be known of it. */
  | { readonly op: 'remove'; readonly path: RelativePath; readonly expected: Expected; readonly keep?: TrashNote }
  /** Gives a file, link or folder with all in it another name; `to` must be free. */
  | { readonly op: 'rename'; readonly from: RelativePath; readonly to: RelativePath; readonly expected: Expected };

/** Why something lies in the trash. */
export interface TrashNote {
  /** In words. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

export type DiskResult =
  /** Done. `observed` is what lies there now, null after a removal; `rescued` names the copy of bytes that someone wrote at the last moment. */
  | { readonly status: 'done'; readonly observed: Observed | null; readonly rescued?: RelativePath }
  /** Something else lay there; nothing was touched. */
  | { readonly status: 'changed' }
  /** A folder that is to be removed still holds something. */
  | { readonly status: 'not_empty' }
  | { readonly status: 'problem'; readonly problem: DiskProblem };
