import { execFileSync } from 'node:child_process';

/** Sets a file's mtime to a nanosecond, also before 1970: Node's own call takes seconds as a float and rounds. */
export function setFileTime(path: string, timeNs: bigint): void {
  const seconds = timeNs >= 0n ? timeNs / 1_000_000_000n : -((-timeNs + 999_999_999n) / 1_000_000_000n);
  const rest = timeNs - seconds * 1_000_000_000n;
  execFileSync('touch', ['-h', '-d', `@${seconds}.${rest.toString().padStart(9, '0')}`, '--', path]);
}
