import { spawnSync } from 'node:child_process';

/**
 * What an `rsync -a` of a tree to a copy of it costs, all its processes together. The copy is of hard links, which takes as much looking.
 *
 * @throws {Error} when rsync is not installed or fails
 */
export function rsyncAgain(tree: string, copy: string): { readonly seconds: number; readonly cpuSeconds: number } {
  run('cp', ['-al', `${tree}/.`, copy]);
  const pass = 'TIMEFORMAT="%R %U %S"; time rsync -a --delete --exclude "/.syncpair*" "$1/" "$2/"';
  run('bash', ['-c', pass, 'bash', tree, copy]);
  const [seconds, user, system] = run('bash', ['-c', pass, 'bash', tree, copy]).trim().split(' ').map(Number) as [number, number, number];
  return { seconds, cpuSeconds: user + system };
}

/** @returns what it told on stderr, where the shell tells times */
function run(command: string, args: readonly string[]): string {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  if (error !== undefined || status !== 0) throw new Error(`${command} ended with ${status}: ${error?.message ?? stderr.slice(-300)}`);
  return stderr;
}
