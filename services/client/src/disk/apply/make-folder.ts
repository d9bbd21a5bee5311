import { type BigIntStats, mkdirSync } from 'node:fs';
import type { RelativePath } from '@syncpair/contracts';
import type { DiskResult, Expected } from '../disk.ts';
import { codeOf } from '../problem.ts';
import { isUntouched, lstat } from '../stamp.ts';
import { capture } from './remove.ts';
import { putBack, rescue } from './rescue.ts';
import type { Place, Workplace } from './workplace.ts';

const CHANGED: DiskResult = { status: 'changed' };

/** Makes a folder; one that exists is success whatever was expected. @throws system errors, {DiskFailure} */
export function makeFolder(work: Workplace, path: RelativePath, expected: Expected): DiskResult {
  const found = work.find(path, expected);
  if (found === null) return existing(work, path);
  const { place, current } = found;
  if (current === undefined) return mkdirSyncUnlessTaken(place.at) ? work.done(place) : existing(work, path);
  return current.isDirectory() ? work.done(place) : replaceByFolder(work, place, current);
}

function replaceByFolder(work: Workplace, place: Place, current: BigIntStats): DiskResult {
  const kept = capture(work, place);
  if (kept === null) return CHANGED;
  if (!isUntouched(current, kept.look())) {
    putBack(kept, place);
    return CHANGED;
  }
  try {
    if (!mkdirSyncUnlessTaken(place.at)) {
      putBack(kept, place);
      return CHANGED;
    }
  } catch (error) {
    putBack(kept, place);
    throw error;
  }
  const after = kept.look();
  if (after !== undefined && !isUntouched(current, after)) return work.done(place, { rescued: rescue(kept, place) });
  if (after !== undefined) kept.release();
  return work.done(place);
}

function existing(work: Workplace, path: RelativePath): DiskResult {
  const place = work.place(path);
  return lstat(place.at)?.isDirectory() === true ? work.done(place) : CHANGED;
}

function mkdirSyncUnlessTaken(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
