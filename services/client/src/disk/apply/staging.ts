import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import type { ContentHash } from '@syncpair/contracts';
import type { DiskAction, ExpectedFile } from '../disk.ts';
import { syncFileSystem } from '../durable.ts';
import type { FolderHandles } from '../folder-handles.ts';
import { randomName } from '../own-folder.ts';
import type { FolderHandle } from '../platform/platform.ts';
import { DiskFailure, codeOf } from '../problem.ts';
import { READ_FILE, eachPart, withExpected } from '../read-expected.ts';
import { lstat } from '../stamp.ts';
import { touchLink, utimes } from '../times.ts';
import { type Looks, modeOf } from './looks.ts';

export type FileAction = Extract<DiskAction, { op: 'file' }>;

const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const REOPEN = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Gives a complete content its looks; `isNew`: it was made in this batch. @returns what it is then */
type Dress = (descriptor: number, isNew: boolean) => BigIntStats;

/** Something in the staging area that waits for its name. */
export interface Staged {
  readonly name: string;
  /** Where it is in the staging area, as `node:fs` takes it. */
  readonly path: string;
  /** What it was when it was complete. */
  readonly made: BigIntStats | undefined;
}

/** The objects of one batch, written aside. What is not named in the end is removed, but for parts that `Disk.stage` keeps. */
export class Staging {
  readonly #folders: FolderHandles;
  readonly #folder: FolderHandle;
  readonly #syncEach: boolean;
  readonly #ours = new Set<string>();
  readonly #unsynced = new Set<string>();
  /** The mode that a new file gets here, by umask and access lists. */
  #newMode: number | undefined;

  /** `syncEach`: each file is made durable as it is written; otherwise `sync` does it for all of them at once. */
  constructor(folders: FolderHandles, folder: FolderHandle, syncEach: boolean) {
    this.#folders = folders;
    this.#folder = folder;
    this.#syncEach = syncEach;
  }

  /** `last` is false when a later action of the batch names the same staged content. @throws system errors, {DiskFailure} */
  file({ content, mtime, executable }: FileAction, looks: Looks, last: boolean): Staged {
    const dress = (descriptor: number, isNew: boolean): BigIntStats => {
      if (looks.owner !== undefined) this.#chown(descriptor, looks.owner);
      const own = isNew && looks.owner === undefined ? (this.#newMode ??= fstatSync(descriptor).mode) : fstatSync(descriptor).mode;
      const mode = modeOf(looks.mode ?? own, executable);
      if (mode !== (own & 0o7777)) fchmodSync(descriptor, mode);
      utimes((seconds) => futimesSync(descriptor, seconds, seconds), mtime);
      if (this.#syncEach) fsyncSync(descriptor);
      return fstatSync(descriptor, { bigint: true });
    };
    if ('bytes' in content) return this.#create((descriptor) => void writeAll(descriptor, content.bytes, 0), dress);
    if ('copyOf' in content) return this.#create((descriptor) => this.#copy(content.copyOf, content.hash, descriptor), dress);
    if (!last) return this.#create((descriptor) => this.#copyStaged(content.staged, descriptor), dress);
    return this.#reopen(content.staged, dress);
  }

  /** @throws system errors */
  link(target: string, mtime: bigint): Staged {
    const name = this.#newName();
    symlinkSync(target, this.#folder.at(name));
    touchLink(this.#folder.at(name), mtime);
    return { name, path: this.#folder.at(name), made: lstat(this.#folder.at(name)) };
  }

  /** Makes all contents durable; tells for which files that failed, and how. */
  sync(): Map<string, unknown> {
    const failed = new Map<string, unknown>();
    if (this.#unsynced.size === 0 || syncFileSystem(this.#folder)) return failed;
    for (const name of this.#unsynced) {
      try {
        this.#syncOne(name);
      } catch (error) {
        failed.set(name, error);
      }
    }
    return failed;
  }

  /** It has another name now; the one here goes. */
  linked(staged: Staged): void {
    this.#remove(staged.name);
    this.#ours.delete(staged.name);
  }

  /** It was given another name. */
  renamed(staged: Staged): void {
    this.#ours.delete(staged.name);
  }

  /** Removes what got no name. */
  close(): void {
    for (const name of this.#ours) this.#remove(name);
    this.#ours.clear();
  }

  #create(fill: (descriptor: number) => void, dress: Dress): Staged {
    const name = this.#newName();
    const path = this.#folder.at(name);
    const descriptor = openSync(path, CREATE, 0o666);
    let made: BigIntStats;
    try {
      fill(descriptor);
      made = dress(descriptor, true);
    } catch (error) {
      // A full disk is full for the rest of the batch too, if this stayed.
      this.#remove(name);
      this.#ours.delete(name);
      throw error;
    } finally {
      closeSync(descriptor);
    }
    if (!this.#syncEach) this.#unsynced.add(name);
    return { name, path, made };
  }

  #reopen(name: ContentHash, dress: Dress): Staged {
    const descriptor = this.#openStaged(name);
    let made: BigIntStats;
    try {
      made = dress(descriptor, false);
    } finally {
      closeSync(descriptor);
    }
    if (!this.#syncEach) this.#unsynced.add(name);
    return { name, path: this.#folder.at(name), made };
  }

  #openStaged(name: ContentHash): number {
    try {
      return openSync(this.#folder.at(name), REOPEN);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw new DiskFailure('not_staged', 'its content is not in the staging area any more');
    }
  }

  #syncOne(name: string): void {
    const descriptor = openSync(this.#folder.at(name), READ_FILE);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #copy(from: ExpectedFile, hash: ContentHash, to: number): void {
    const sha256 = createHash('sha256');
    let end = 0;
    const result = withExpected(this.#folders, from, (descriptor, size) => {
      const complete = eachPart(descriptor, size, (part) => {
        sha256.update(part);
        end = writeAll(to, part, end);
      });
      return complete ? sha256.digest('hex') : 'changed';
    });
    if (typeof result !== 'string') throw new DiskFailure(result.code, `its content cannot be copied from ${from.path}: ${result.message}`);
    if (result !== hash) throw new DiskFailure('source_changed', `its content was to be copied from ${from.path}, which changed`);
  }

  #copyStaged(name: ContentHash, to: number): void {
    const descriptor = this.#openStaged(name);
    let end = 0;
    try {
      eachPart(descriptor, Number(fstatSync(descriptor).size), (part) => (end = writeAll(to, part, end)));
    } finally {
      closeSync(descriptor);
    }
  }

  /** Only root may give files away; for everybody else a file that another user owned becomes theirs, as with any editor that renames. */
  #chown(descriptor: number, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
    const own = fstatSync(descriptor);
    if (own.uid === uid && own.gid === gid) return;
    try {
      fchownSync(descriptor, uid, gid);
    } catch (error) {
      if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'EINVAL') throw error;
    }
  }

  #newName(): string {
    const name = `t-${randomName()}`;
    this.#ours.add(name);
    return name;
  }

  #remove(name: string): void {
    try {
      unlinkSync(this.#folder.at(name));
    } catch (error) {
      // It was renamed into place, or never made. What else hinders leaves debris that `clean` removes.
      if (codeOf(error) === undefined) throw error;
    }
  }
}

/** Writes all bytes from byte `position` of the file on. @returns where they end */
function writeAll(descriptor: number, bytes: Uint8Array, position: number): number {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
  return position + bytes.length;
}
