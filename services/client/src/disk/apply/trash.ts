import { type BigIntStats, linkSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_NAME_BYTES } from '@syncpair/contracts';
import { cutToBytes } from '../cut-to-bytes.ts';
import { randomName } from '../own-folder.ts';
import type { FolderHandle } from '../platform/platform.ts';
import { codeOf } from '../problem.ts';
import { lstat } from '../stamp.ts';
import { ABOUT, CONTENT, KEPT_PREFIX, type TrashAbout } from './trash-layout.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/** Hard links do not exist there, or not for this object: another owner's (protected_hardlinks), or one that has too many. */
const NO_LINK = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EACCES', 'EXDEV']);

/** True when `error` says that hard links cannot be had. */
export const refusesLinks = (error: unknown): boolean => NO_LINK.has(codeOf(error) ?? '');

/** An object in the trash. */
export interface Kept {
  readonly path: string;
  /** What it is now; undefined when somebody took it away. */
  look(): BigIntStats | undefined;
  /** Its bytes are known to be elsewhere. Where it cannot be removed now, `Disk.clean` does it later. */
  release(): void;
}

export class Trash {
  readonly #folder: FolderHandle;

  constructor(folder: FolderHandle) {
    this.#folder = folder;
  }

  /** Keeps the object at `path` by a second name; null where there are no hard links. @throws system errors */
  link(path: string, name: string): Kept | null {
    const kept = this.#name(name);
    try {
      linkSync(path, kept.path);
      return kept;
    } catch (error) {
      if (refusesLinks(error)) return null;
      throw error;
    }
  }

  /** Takes away whatever lies at `path` in one step. @throws system errors */
  capture(path: string, name: string): Kept {
    const kept = this.#name(name);
    renameSync(path, kept.path);
    return kept;
  }

  /**
   * Keeps an object that was captured for as long as the server does not have it: under a folder of its own, which says what it is before it
   * holds anything. @throws system errors; the object is in the trash then, only not told of.
   */
  keep(kept: Kept, about: TrashAbout): void {
    const folder = this.#folder.at(`${KEPT_PREFIX}${randomName()}`);
    mkdirSync(folder, { mode: 0o700 });
    writeDurably(join(folder, ABOUT), JSON.stringify(about));
    renameSync(kept.path, join(folder, CONTENT));
    syncFolder(folder);
    syncFolder(this.#folder.self);
  }

  #name(name: string): Kept {
    const mark = `${randomName()}-`;
    const path = this.#folder.at(mark + cutToBytes(name, MAX_NAME_BYTES - mark.length));
    return { path, look: () => lstat(path), release: () => unlinkIfPossible(path) };
  }
}

function unlinkIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
