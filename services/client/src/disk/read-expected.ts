import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { createHash, hash } from 'node:crypto';
import { type ContentHash, nameOf } from '@syncpair/contracts';
import type { DiskProblem, ExpectedFile, FilePart } from './disk.ts';
import type { FolderHandles } from './folder-handles.ts';
import { meansAbsent, codeOf, toProblem } from './problem.ts';
import { stampOf } from './stamp.ts';

/** A FIFO or device that was put in a file's place must neither be waited for nor read. Windows knows neither flag. */
export const READ_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Bytes of a large file between two looks at its stamp while it is read. */
const BYTES_BETWEEN_LOOKS = 64 * 1024 * 1024;

const buffer = Buffer.allocUnsafeSlow(1 << 20);

/**
 * Runs `use` on a descriptor of the file while its stamp is the expected one before and after; `changed` when it is not, or when the file
 * ended before its size. `isStill` tells whether it is the expected one up to then, for a reading that takes long.
 */
export function withExpected<T>(
  folders: FolderHandles,
  { path, stamp }: ExpectedFile,
  use: (descriptor: number, size: number, isStill: () => boolean) => T | 'changed',
): T | 'changed' | DiskProblem {
  let descriptor: number | undefined;
  try {
    const parent = folders.parent(path);
    descriptor = openSync(parent.at(nameOf(path)), READ_FILE);
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile() || stampOf(stats) !== stamp) return 'changed';
    const opened = descriptor;
    const isStill = (): boolean => stampOf(fstatSync(opened, { bigint: true })) === stamp;
    const result = use(opened, Number(stats.size), isStill);
    parent.confirm();
    return isStill() ? result : 'changed';
  } catch (error) {
    // ENXIO and EOPNOTSUPP: a socket or an unattended FIFO.
    return meansAbsent(error) || codeOf(error) === 'ENXIO' || codeOf(error) === 'EOPNOTSUPP' ? 'changed' : toProblem(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The SHA-256 of an open file of `size` bytes; `changed` soon after `isStill` has become false. */
export function hashDescriptor(descriptor: number, size: number, isStill: () => boolean): ContentHash | 'changed' {
  if (size <= buffer.length) {
    const length = fill(descriptor, buffer.subarray(0, size));
    return length === size ? (hash('sha256', buffer.subarray(0, size), 'hex') as ContentHash) : 'changed';
  }
  const sha256 = createHash('sha256');
  const complete = eachPart(descriptor, size, (part) => sha256.update(part), { isStill });
  return complete ? (sha256.digest('hex') as ContentHash) : 'changed';
}

/** All bytes of an open file, in memory of their own. */
export function readDescriptor(descriptor: number, size: number): Uint8Array<ArrayBuffer> | 'changed' {
  const bytes = new Uint8Array(size);
  return fill(descriptor, bytes) === size ? bytes : 'changed';
}

/** The bytes of parts of an open file, each in memory of its own. */
export function readPartsOf(descriptor: number, parts: readonly FilePart[]): Uint8Array<ArrayBuffer>[] | 'changed' {
  const read: Uint8Array<ArrayBuffer>[] = [];
  for (const { start, size } of parts) {
    const bytes = new Uint8Array(size);
    if (fill(descriptor, bytes, start) !== size) return 'changed';
    read.push(bytes);
  }
  return read;
}

/**
 * Hands out the bytes from `start` up to byte `end` part by part in memory that is used again; false when the file ends earlier, and as soon
 * as `isStill`, which is asked from time to time, is false: of a file that changes no more is read for nothing than that.
 */
export function eachPart(
  descriptor: number,
  end: number,
  take: (part: Buffer) => void,
  { start = 0, isStill = () => true }: { readonly start?: number; readonly isStill?: () => boolean } = {},
): boolean {
  let lookAt = start + BYTES_BETWEEN_LOOKS;
  for (let at = start; at < end;) {
    if (at >= lookAt) {
      if (!isStill()) return false;
      lookAt = at + BYTES_BETWEEN_LOOKS;
    }
    const length = readSync(descriptor, buffer, 0, Math.min(buffer.length, end - at), at);
    if (length === 0) return false;
    take(buffer.subarray(0, length));
    at += length;
  }
  return true;
}

/** Reads from byte `start` of the file on. @returns bytes that it had there */
function fill(descriptor: number, into: Uint8Array, start = 0): number {
  let at = 0;
  while (at < into.length) {
    const length = readSync(descriptor, into, at, into.length - at, start + at);
    if (length === 0) break;
    at += length;
  }
  return at;
}
