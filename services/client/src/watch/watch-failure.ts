/** Why a folder is not watched, in words a user can act on. */
export function watchFailure(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOSPC') return 'the limit of watched folders is reached (raise fs.inotify.max_user_watches)';
  if (code === 'EMFILE')
    return 'the limit of watchers or open files is reached (raise fs.inotify.max_user_instances or the limit of open files)';
  if (code === 'EACCES' || code === 'EPERM') return 'a folder may not be read';
  return `a folder cannot be watched (${code})`;
}

/** True when `error` says that the folder is not there, or is none. */
export function meansGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
