import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** How many files lie in the folders of a tiny tree. */
export function countFiles(root: string): number {
  const folders = readdirSync(root).filter((name) => !name.startsWith('.syncpair'));
  return folders.reduce((sum, folder) => sum + readdirSync(join(root, folder)).length, 0);
}
