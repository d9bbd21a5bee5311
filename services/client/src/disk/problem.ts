import { getSystemErrorMessage } from 'node:util';
import { DiskProblem } from './disk.ts';

/** An expected failure of one path that no system call reports by itself; it becomes a `DiskProblem` of the same code. */
export class DiskFailure extends Error {
  override readonly name = 'DiskFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const IN_OUR_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'the folder that should hold it is not there',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EMFILE: 'this process has too many open files',
  ENFILE: 'the system has too many open files',
  ENAMETOOLONG: 'the name is too long for this file system',
  EIO: 'the disk reports an input/output error',
  EXDEV: 'it lies on another file system',
  not_a_folder: 'a folder is expected on the way, and something else (perhaps a link) is there',
};

/** The code of a system error or of a `DiskFailure`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error instanceof DiskFailure || 'errno' in error ? error.code : undefined;
}

/** True when `error` says that nothing can lie at the path: the name, or a folder above it, does not exist. */
export function meansAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'not_a_folder';
}

/** What a user sees of an expected failure. Anything else is a fault of ours and is thrown on. */
export function toProblem(error: unknown): DiskProblem {
  const code = codeOf(error);
  if (code === undefined) throw error;
  const stable = code === 'ENOTDIR' || code === 'ELOOP' ? 'not_a_folder' : code;
  return new DiskProblem(stable, IN_OUR_WORDS[stable] ?? systemMessage(error as Error));
}

/** The message without the path, which shows the descriptors of this process and means nothing to a user. */
function systemMessage(error: Error): string {
  return 'errno' in error && typeof error.errno === 'number' ? getSystemErrorMessage(error.errno) : error.message;
}
