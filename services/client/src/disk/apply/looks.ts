import { type BigIntStats, statSync } from 'node:fs';
import { type RelativePath, nameOf, parentOf } from '@syncpair/contracts';
import type { Expected } from '../disk.ts';
import type { FolderHandles } from '../folder-handles.ts';
import { meansAbsent } from '../problem.ts';
import { isExpected, lstat } from '../stamp.ts';

/** What a new content takes over from the file that it replaces, or from the folder that it comes into; undefined: what the umask gives. */
export interface Looks {
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

const SET_GROUP = 0o2000;
const KEEP = -1;

/** Tells the looks of what one batch puts in place; each folder is asked once. */
export class LooksOfBatch {
  readonly #folders: FolderHandles;
  readonly #known = new Map<RelativePath | null, Looks>();

  constructor(folders: FolderHandles) {
    this.#folders = folders;
  }

  /** @throws system errors, {DiskFailure} */
  of(path: RelativePath, expected: Expected): Looks {
    if (expected === 'absent') return this.#in(parentOf(path));
    try {
      const stats = lstat(this.#folders.parent(path).at(nameOf(path)));
      return stats?.isFile() === true && isExpected(expected, stats) ? looksOf(stats) : {};
    } catch (error) {
      if (meansAbsent(error)) return {};
      throw error;
    }
  }

  /** A file written aside misses the group that a setgid folder would have given it, also through folders that are yet to be made. */
  #in(folder: RelativePath | null): Looks {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const looks = this.#ask(folder);
    this.#known.set(folder, looks);
    return looks;
  }

  #ask(folder: RelativePath | null): Looks {
    try {
      const stats = statSync(this.#folders.folder(folder).self);
      return (stats.mode & SET_GROUP) === 0 ? {} : { owner: { uid: KEEP, gid: stats.gid } };
    } catch (error) {
      if (meansAbsent(error) && folder !== null) return this.#in(parentOf(folder));
      throw error;
    }
  }
}

/** Permission bits without setuid, setgid and sticky, with the executable bit as asked for: everybody who may read may then execute. */
export function modeOf(mode: number, executable: boolean): number {
  const plain = mode & 0o777;
  if (executable === ((plain & 0o100) !== 0)) return plain;
  return executable ? plain | 0o100 | ((plain & 0o444) >> 2) : plain & ~0o111;
}

function looksOf(stats: BigIntStats): Looks {
  return { mode: Number(stats.mode), owner: { uid: Number(stats.uid), gid: Number(stats.gid) } };
}
