import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProjects } from './workspaces.ts';

/**
 * A copy of the checkout as it is now, files that are not committed among them. Packages are linked to, those of the workspace to the copy.
 * The caller removes it.
 */
export function copyCheckout(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'syncpair-mutants-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const file of files.split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  linkPackages(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const project of findProjects(root)) {
    const own = join(root, project, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(copy, project, 'node_modules'));
  }
  return copy;
}

export const removeCopy = (copy: string): void => rmSync(copy, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    // Links of the workspace are relative: in the copy they lead into the copy.
    if (name === '@syncpair') cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else if (!name.startsWith('.vite')) symlinkSync(join(from, name), join(to, name));
  }
}
