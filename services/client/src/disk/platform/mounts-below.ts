import { readFileSync, readlinkSync } from 'node:fs';

/** Fields of a line of `/proc/self/mountinfo`; the fifth is where something is mounted. */
const MOUNT_POINT = 4;

/**
 * Paths below a folder at which something is mounted (Linux), also another folder of the same file system, which its device would not tell.
 * `folder` is the link of an open descriptor, as `/proc/self/fd/7`.
 */
export function mountsBelow(folder: string): ReadonlySet<string> {
  const above = `${readlinkSync(folder)}/`;
  return new Set(
    mountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).flatMap((at) => (at.startsWith(above) ? [at.slice(above.length)] : [])),
  );
}

/** Blanks, tabs, line feeds and backslashes stand there as three octal digits. */
export const mountPoints = (mountinfo: string): string[] =>
  mountinfo.split('\n').flatMap((line) => {
    const escaped = line.split(' ')[MOUNT_POINT];
    return escaped === undefined ? [] : [escaped.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))];
  });
