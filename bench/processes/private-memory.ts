import { readFileSync } from 'node:fs';

/** Bytes of memory that a process has resident for itself: its own and those of files, without what processes share. 0 when it has ended. */
export function privateMemoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return field('RssAnon') + field('RssFile');
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}
