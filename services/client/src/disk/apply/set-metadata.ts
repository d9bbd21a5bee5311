import { type BigIntStats, closeSync, constants, fchmodSync, fstatSync, futimesSync, openSync } from 'node:fs';
import type { DiskAction, DiskResult } from '../disk.ts';
import { codeOf, meansAbsent } from '../problem.ts';
import { READ_FILE } from '../read-expected.ts';
import { stampOf } from '../stamp.ts';
import { touchLink, utimes } from '../times.ts';
import { modeOf } from './looks.ts';
import type { Workplace } from './workplace.ts';

type MetadataAction = Extract<DiskAction, { op: 'metadata' }>;

const CHANGED: DiskResult = { status: 'changed' };

/** Sets mtime and executable bit, content untouched; a folder carries neither. @throws system errors, {DiskFailure} */
export function setMetadata(work: Workplace, action: MetadataAction): DiskResult {
  const found = work.find(action.path, action.expected);
  if (found?.current === undefined) return CHANGED;
  const { place, current } = found;
  if (current.isSymbolicLink()) touchLink(place.at, action.mtime);
  if (!current.isFile()) return work.done(place);
  const made = dress(work, place.at, current, action);
  return made === null ? CHANGED : work.done(place, { made });
}

function dress(work: Workplace, path: string, current: BigIntStats, { mtime, executable }: MetadataAction): BigIntStats | null {
  const descriptor = open(path);
  if (descriptor === null) return null;
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    if (stampOf(stats) !== stampOf(current)) return null;
    const own = Number(stats.mode);
    if (executable !== null && work.observing.executableBit && executable !== ((own & 0o100) !== 0)) {
      fchmodSync(descriptor, modeOf(own, executable));
    }
    utimes((seconds) => futimesSync(descriptor, seconds, seconds), mtime);
    work.durability.file(descriptor);
    return fstatSync(descriptor, { bigint: true });
  } finally {
    closeSync(descriptor);
  }
}

/** For writing, as Windows wants it for times; for reading where the file is read-only or runs as a program. Null when it is gone. */
function open(path: string): number | null {
  try {
    return openSync(path, READ_FILE | constants.O_RDWR);
  } catch (error) {
    if (meansAbsent(error)) return null;
    if (!['EACCES', 'EPERM', 'ETXTBSY', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    return openSync(path, READ_FILE);
  }
}
