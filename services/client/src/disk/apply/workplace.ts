import type { BigIntStats } from 'node:fs';
import { type RelativePath, nameOf, parentOf } from '@syncpair/contracts';
import type { DiskResult, Expected } from '../disk.ts';
import { Durability } from '../durable.ts';
import type { FolderHandles } from '../folder-handles.ts';
import { STAGING, TRASH, openOwnFolder } from '../own-folder.ts';
import type { FolderHandle } from '../platform/platform.ts';
import { meansAbsent } from '../problem.ts';
import { type ObserveOptions, describe, isExpected, isUntouched, lstat, observe } from '../stamp.ts';
import { Staging } from './staging.ts';
import { Trash } from './trash.ts';

/** A stamp that no object has. */
const WRITTEN_SINCE = 'written since';

/** Where one action happens. */
export interface Place {
  readonly folder: FolderHandle;
  readonly parent: RelativePath | null;
  readonly name: string;
  /** As `node:fs` takes it. */
  readonly at: string;
}

/** A place together with what lies there at this moment, which is what the action was planned against. */
export interface Found {
  readonly place: Place;
  readonly current: BigIntStats | undefined;
}

/** What the actions of one batch share. */
export class Workplace {
  readonly folders: FolderHandles;
  readonly durability = new Durability();
  readonly observing: ObserveOptions;
  readonly #own: FolderHandle[] = [];
  readonly #syncEach: boolean;
  #staging: Staging | undefined;
  #trash: Trash | undefined;

  /** `syncEach` as `Staging` takes it. */
  constructor(folders: FolderHandles, observing: ObserveOptions, syncEach: boolean) {
    this.folders = folders;
    this.observing = observing;
    this.#syncEach = syncEach;
  }

  /** @throws system errors, {DiskFailure} */
  get staging(): Staging {
    this.#staging ??= new Staging(this.folders, this.#open(STAGING), this.#syncEach);
    return this.#staging;
  }

  /** @throws system errors, {DiskFailure} */
  get trash(): Trash {
    this.#trash ??= new Trash(this.#open(TRASH));
    return this.#trash;
  }

  /** @throws system errors, {DiskFailure} */
  place(path: RelativePath): Place {
    const folder = this.folders.parent(path);
    folder.confirm();
    const name = nameOf(path);
    return { folder, parent: parentOf(path), name, at: folder.at(name) };
  }

  /** Where something new gets its name, by a call that fails if the name is taken meanwhile. @throws system errors, {DiskFailure} */
  claim(path: RelativePath): Place {
    const place = this.place(path);
    this.durability.folder(place.folder);
    return place;
  }

  /** Null when something else lies there than expected. @throws system errors, {DiskFailure} */
  find(path: RelativePath, expected: Expected): Found | null {
    const place = this.#placeOfExpected(path, expected);
    if (place === null) return null;
    const current = lstat(place.at);
    if (!isExpected(expected, current)) return null;
    this.durability.folder(place.folder);
    return { place, current };
  }

  /**
   * The answer of an action that left something at `place`. `made` is what the action made, looked at before anyone else could see it: when
   * somebody has written to it since, the answer carries a stamp that matches nothing, so that a scan finds the change.
   *
   * @throws system errors, {DiskFailure}
   */
  done(
    { folder, at }: Place,
    { made, rescued = null }: { made?: BigIntStats | undefined; rescued?: RelativePath | null } = {},
  ): DiskResult {
    folder.confirm();
    const stats = lstat(at);
    const isFile = stats?.isFile() === true;
    const seen = isFile ? describe(stats, at, this.observing) : observe(at, this.observing);
    // What takes two looks to be told may have become another thing between them.
    const observed =
      seen === null || made === undefined || isUntouched(made, isFile ? stats : lstat(at)) ? seen : { ...seen, stamp: WRITTEN_SINCE };
    return rescued === null ? { status: 'done', observed } : { status: 'done', observed, rescued };
  }

  close(): void {
    this.#staging?.close();
    this.durability.close();
    for (const folder of this.#own) folder.close();
  }

  #placeOfExpected(path: RelativePath, expected: Expected): Place | null {
    try {
      return this.place(path);
    } catch (error) {
      // Where an object was expected and its folder is gone, the object is gone too.
      if (expected !== 'absent' && meansAbsent(error)) return null;
      throw error;
    }
  }

  #open(name: typeof STAGING | typeof TRASH): FolderHandle {
    const folder = openOwnFolder(this.folders, name);
    this.#own.push(folder);
    return folder;
  }
}
