import { CliError } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'part of the path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'the disk is full; free some space and run the command again',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  EADDRINUSE: 'the address is in use; stop the other program or choose another --port',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** What a user is told of an error, and the exit code it leads to. Errors of other parts bring their own `exitCode` or none. */
export function describeError(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (!(error instanceof Error)) return { message: String(error), exitCode: EXIT.failed };
  const { code, path, exitCode } = error as Error & { code?: unknown; path?: unknown; exitCode?: unknown };
  // Not told by its class, whose module is too heavy for the start of every command.
  if (error.name === 'ServerError' && code === 'unreachable')
    return { message: `the server does not answer: ${error.message}`, exitCode: EXIT.failed };
  const reason = typeof code === 'string' ? REASONS[code] : undefined;
  const message = reason === undefined ? error.message : typeof path === 'string' ? `${path}: ${reason}` : `${reason} (${error.message})`;
  return { message, exitCode: exitCode === EXIT.usage ? EXIT.usage : EXIT.failed };
}
