import { rmdirSync } from 'node:fs';
import type { RelativePath } from '@syncpair/contracts';
import type { DiskResult, Expected, TrashNote } from '../disk.ts';
import { codeOf, meansAbsent } from '../problem.ts';
import { isUntouched } from '../stamp.ts';
import { putBack } from './rescue.ts';
import type { Kept } from './trash.ts';
import type { Place, Workplace } from './workplace.ts';

const CHANGED: DiskResult = { status: 'changed' };
const GONE: DiskResult = { status: 'done', observed: null };

/** Removes a file, link or empty folder. @throws system errors, {DiskFailure} */
export function remove(work: Workplace, path: RelativePath, expected: Expected, keep?: TrashNote): DiskResult {
  const found = work.find(path, expected);
  if (found === null) return CHANGED;
  const { place, current } = found;
  if (current === undefined) return GONE;
  if (current.isDirectory()) return removeEmptyFolder(work, path, place);
  const kept = capture(work, place);
  if (kept === null) return CHANGED;
  if (!isUntouched(current, kept.look())) {
    putBack(kept, place);
    return CHANGED;
  }
  if (keep === undefined) kept.release();
  else work.trash.keep(kept, { path, ...keep });
  return GONE;
}

/** @throws system errors */
export function removeEmptyFolder(work: Workplace, path: RelativePath, place: Place): DiskResult {
  work.folders.forget(path);
  try {
    rmdirSync(place.at);
    return GONE;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return { status: 'not_empty' };
    if (code === 'ENOENT' || code === 'ENOTDIR') return CHANGED;
    throw error;
  }
}

/** Takes the object into the trash in one step, whatever it is by now; null when it is gone. @throws system errors */
export function capture({ trash }: Workplace, place: Place): Kept | null {
  try {
    return trash.capture(place.at, place.name);
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw error;
  }
}
