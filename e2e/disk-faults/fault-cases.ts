import type { Random } from '../harness/random.ts';
import type { FaultCase, FaultySide } from './fault-case.ts';

/**
 * What each call can fail with on a real disk. `read` and `write` without a position are left out: Node's own threads wake each other with
 * them, and no disk can make those fail. Files are read and written by position, which is `pread64` and `pwrite64`.
 */
const FAILURES: Readonly<Record<string, readonly string[]>> = {
  openat: ['EMFILE', 'EIO', 'EACCES'],
  pread64: ['EIO', 'EINTR'],
  pwrite64: ['ENOSPC', 'EDQUOT', 'EIO'],
  fsync: ['EIO', 'ENOSPC'],
  getdents64: ['EIO', 'ENOMEM'],
  statx: ['EIO', 'EACCES'],
  rename: ['EIO', 'EXDEV', 'ENOSPC'],
  link: ['EIO', 'EXDEV', 'EPERM', 'EMLINK'],
  unlink: ['EIO', 'EACCES'],
  mkdir: ['ENOSPC', 'EDQUOT', 'EIO'],
  rmdir: ['EIO', 'EACCES'],
  fchmod: ['EPERM', 'EIO'],
  utimensat: ['EPERM', 'EIO'],
  readlink: ['EIO'],
};

/** What the server's storage is asked. */
const ON_SERVER: ReadonlySet<string> = new Set(['openat', 'pread64', 'pwrite64', 'fsync', 'rename', 'link', 'unlink', 'statx']);

/** As many faults in a row as outlast a first retry. */
const LONGEST_ROW = 40;

/** Every failure of every call: once at the first call, and `occurrences` times at one that `random` picks, alone or in a row. */
export function faultCases(random: Random, occurrences: number): FaultCase[] {
  return Object.entries(FAILURES).flatMap(([call, errors]) =>
    errors.flatMap((error) => {
      const sides: FaultySide[] = ON_SERVER.has(call) ? ['client', 'server'] : ['client'];
      return sides.flatMap((side) => [
        { side, call, error, first: 1, count: 1 },
        ...Array.from({ length: occurrences }, (_, turn) => ({
          side,
          call,
          error,
          first: 1 + random.below(10),
          count: turn % 2 === 0 ? LONGEST_ROW : 1,
        })),
      ]);
    }),
  );
}
