import { type BigIntStats, closeSync, fstatSync, linkSync, openSync, renameSync, writeSync } from 'node:fs';
import { type RelativePath, joinPath } from '@syncpair/contracts';
import { codeOf } from '../problem.ts';
import { READ_FILE, eachPart } from '../read-expected.ts';
import { isUntouched, lstat, stampOf } from '../stamp.ts';
import { rescueName } from './rescue-name.ts';
import { type Kept, refusesLinks } from './trash.ts';
import type { Place } from './workplace.ts';

/**
 * Gives an object in the trash a name beside `place`, where it is seen and becomes a version. Null when that is impossible; it stays in
 * the trash then.
 */
export function rescue(kept: Kept, place: Place): RelativePath | null {
  const name = beside(place, (path) => linkSync(kept.path, path));
  if (name !== null) kept.release();
  return name;
}

/** Gives back what was captured by mistake, beside its place when that is taken by now. @throws system errors */
export function putBack(kept: Kept, place: Place): void {
  const stats = kept.look();
  if (stats === undefined) return;
  if (stats.isDirectory()) {
    if (lstat(place.at) === undefined) renameSync(kept.path, place.at);
    return;
  }
  try {
    linkSync(kept.path, place.at);
    kept.release();
  } catch (error) {
    if (refusesLinks(error) && lstat(place.at) === undefined) renameSync(kept.path, place.at);
    else if (codeOf(error) === 'EEXIST') rescue(kept, place);
    else throw error;
  }
}

/**
 * For file systems without hard links: holds the file open while `replace` puts another in its place. What was written to it until then
 * is copied beside; `changed` when it is not what it was before.
 */
export function replaceWhileHeld(place: Place, current: BigIntStats, replace: () => void): RelativePath | null | 'changed' {
  const descriptor = current.isFile() ? openIfAllowed(place.at) : null;
  if (descriptor === null) {
    replace();
    return null;
  }
  try {
    if (stampOf(fstatSync(descriptor, { bigint: true })) !== stampOf(current)) return 'changed';
    replace();
    const after = fstatSync(descriptor, { bigint: true });
    return isUntouched(current, after) ? null : beside(place, (path) => copyTo(path, descriptor, Number(after.size)));
  } finally {
    closeSync(descriptor);
  }
}

function openIfAllowed(path: string): number | null {
  try {
    return openSync(path, READ_FILE);
  } catch (error) {
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') return null;
    throw error;
  }
}

function copyTo(path: string, from: number, size: number): void {
  const to = openSync(path, 'wx', 0o600);
  try {
    eachPart(from, size, (part) => {
      let at = 0;
      while (at < part.length) at += writeSync(to, part, at);
    });
  } finally {
    closeSync(to);
  }
}

function beside({ folder, name, parent }: Place, make: (path: string) => void): RelativePath | null {
  for (;;) {
    const free = rescueName(name);
    try {
      make(folder.at(free));
      return joinPath(parent, free);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      if (codeOf(error) === undefined) throw error;
      return null;
    }
  }
}
