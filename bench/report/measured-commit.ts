import { spawnSync } from 'node:child_process';

/** The commit of this checkout, with `+` where files differ from it; null outside of a repository. */
export function measuredCommit(): string | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === null) return null;
  return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+`;
}
