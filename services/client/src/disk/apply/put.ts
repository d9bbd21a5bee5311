import { type BigIntStats, linkSync, renameSync } from 'node:fs';
import type { RelativePath } from '@syncpair/contracts';
import type { DiskResult, Expected } from '../disk.ts';
import { codeOf, meansAbsent } from '../problem.ts';
import { isUntouched, lstat } from '../stamp.ts';
import { removeEmptyFolder } from './remove.ts';
import { replaceWhileHeld, rescue } from './rescue.ts';
import type { Staged } from './staging.ts';
import { type Kept, refusesLinks } from './trash.ts';
import type { Place, Workplace } from './workplace.ts';

const CHANGED: DiskResult = { status: 'changed' };

/** Gives a staged file or link its name. @throws system errors, {DiskFailure} */
export function put(work: Workplace, path: RelativePath, expected: Expected, staged: Staged): DiskResult {
  if (expected === 'absent') return putNew(work, work.claim(path), staged);
  const found = work.find(path, expected);
  if (found === null) return CHANGED;
  const { place, current } = found;
  if (current === undefined) return putNew(work, place, staged);
  if (!current.isDirectory()) return replace(work, place, current, staged);
  const removed = removeEmptyFolder(work, path, place);
  return removed.status === 'done' ? putNew(work, place, staged) : removed;
}

/** A hard link, unlike a rename, fails where something has appeared meanwhile. */
function putNew(work: Workplace, place: Place, staged: Staged): DiskResult {
  try {
    linkSync(staged.path, place.at);
    work.staging.linked(staged);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return CHANGED;
    if (!refusesLinks(error)) throw error;
    if (lstat(place.at) !== undefined) return CHANGED;
    renameSync(staged.path, place.at);
    work.staging.renamed(staged);
  }
  return work.done(place, staged);
}

/**
 * Between the look at the old object and the rename over it lie microseconds in which another process may put a third one there by a rename
 * of its own; Node offers no exchange of two names that would close them. Writes into the old object are found, whenever they come.
 */
function replace(work: Workplace, place: Place, current: BigIntStats, staged: Staged): DiskResult {
  const { trash } = work;
  const name = (): void => {
    renameSync(staged.path, place.at);
    work.staging.renamed(staged);
  };
  try {
    const kept = trash.link(place.at, place.name);
    const rescued = kept === null ? replaceWhileHeld(place, current, name) : replaceKept(kept, place, current, name);
    return rescued === 'changed' ? CHANGED : work.done(place, { made: staged.made, rescued });
  } catch (error) {
    if (meansAbsent(error) && lstat(place.at) === undefined) return CHANGED;
    throw error;
  }
}

function replaceKept(kept: Kept, place: Place, current: BigIntStats, name: () => void): RelativePath | null | 'changed' {
  if (!isUntouched(current, kept.look())) {
    kept.release();
    return 'changed';
  }
  try {
    name();
  } catch (error) {
    kept.release();
    throw error;
  }
  const after = kept.look();
  if (after !== undefined && !isUntouched(current, after)) return rescue(kept, place);
  if (after !== undefined) kept.release();
  return null;
}
