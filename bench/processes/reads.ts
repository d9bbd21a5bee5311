import { readFileSync } from 'node:fs';

/** What a process has read since it began, by system calls; what it maps into memory is not in it. */
export interface Reads {
  readonly bytes: number;
  /** Whoever hashes a file makes at least one. */
  readonly calls: number;
}

/** Linux only. @throws {Error} when there is no such process, or it is somebody else's */
export function readsOf(pid: number): Reads {
  const text = readFileSync(`/proc/${pid}/io`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return { bytes: field('rchar'), calls: field('syscr') };
}
