import { type BigIntStats, linkSync, renameSync, unlinkSync } from 'node:fs';
import type { DiskAction, DiskResult } from '../disk.ts';
import { codeOf, meansAbsent } from '../problem.ts';
import { isUntouched, lstat, stampOf } from '../stamp.ts';
import { capture } from './remove.ts';
import { putBack } from './rescue.ts';
import { refusesLinks } from './trash.ts';
import type { Place, Workplace } from './workplace.ts';

type RenameAction = Extract<DiskAction, { op: 'rename' }>;

const CHANGED: DiskResult = { status: 'changed' };

/**
 * Gives an object another name that is free. For files and links a hard link proves that it is. For folders the look before has to do: an
 * empty folder that another process makes in the microseconds after it is replaced, anything else there makes the rename fail.
 *
 * @throws system errors, {DiskFailure}
 */
export function rename(work: Workplace, { from, to, expected }: RenameAction): DiskResult {
  const found = work.find(from, expected);
  if (found?.current === undefined || expected === 'absent' || stampOf(found.current) !== expected.stamp) return CHANGED;
  const { place: source, current } = found;
  const target = work.place(to);
  const taken = lstat(target.at);
  if (taken !== undefined && !isOtherSpelling(source, target, current, taken)) return CHANGED;
  work.durability.folder(target.folder);
  if (current.isDirectory() || taken !== undefined) {
    const renamed = renameUnlessTaken(source, target);
    work.folders.forget(from);
    work.folders.forget(to);
    return renamed ? work.done(target, { made: current.isDirectory() ? undefined : current }) : CHANGED;
  }
  return moveByLink(work, source, target, current);
}

function moveByLink(work: Workplace, source: Place, target: Place, current: BigIntStats): DiskResult {
  try {
    linkSync(source.at, target.at);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (meansAbsent(error) && lstat(source.at) === undefined)) return CHANGED;
    if (!refusesLinks(error)) throw error;
    if (lstat(target.at) !== undefined) return CHANGED;
    return renameUnlessTaken(source, target) ? work.done(target, { made: current }) : CHANGED;
  }
  if (!isUntouched(current, lstat(target.at))) {
    unlinkSync(target.at);
    return CHANGED;
  }
  dropOldName(work, source, target, current);
  return work.done(target, { made: current });
}

/** Both names are there; a crash here leaves two files of one content, never none. */
function dropOldName(work: Workplace, source: Place, target: Place, current: BigIntStats): void {
  try {
    const kept = capture(work, source);
    if (kept === null) return;
    if (kept.look()?.ino === current.ino) kept.release();
    else putBack(kept, source);
  } catch (error) {
    unlinkSync(target.at);
    throw error;
  }
}

function renameUnlessTaken(source: Place, target: Place): boolean {
  try {
    renameSync(source.at, target.at);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Where case or Unicode form does not count, the new name of an object may be its old one spelt differently. */
function isOtherSpelling(source: Place, target: Place, current: BigIntStats, taken: BigIntStats): boolean {
  const plain = (name: string): string => name.normalize().toLowerCase();
  const sameObject = taken.ino === current.ino && taken.dev === current.dev && (current.isDirectory() || current.nlink === 1n);
  return sameObject && source.folder.inode === target.folder.inode && plain(source.name) === plain(target.name);
}
