import { lutimesSync } from 'node:fs';

const SECOND = 1_000_000_000n;

/**
 * Calls `set` with the seconds since 1970 that come closest to `mtime`. Node takes a double, whose steps are 0.24 µs in our time, so the
 * file system may hold up to 0.12 µs more or less. As text, because Node replaces negative numbers (before 1970) by the present.
 */
export function utimes(set: (seconds: string) => void, mtime: bigint): void {
  set(String(Number(mtime / SECOND) + Number(mtime % SECOND) / 1e9));
}

/** Sets the mtime of a link itself. @throws system errors */
export function touchLink(path: string, mtime: bigint): void {
  utimes((seconds) => lutimesSync(path, seconds, seconds), mtime);
}
