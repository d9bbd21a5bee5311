import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tagsIn } from './tags.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Files of tests that play scenarios, from the root of the repository, each with the ids in it. Those of Docker are left out. */
export function findTests(): Map<string, string[]> {
  const files = globSync(
    ['libs', 'services', 'e2e', 'deploy'].map((folder) => `${folder}/**/*.{spec,slow,real}.ts`),
    {
      cwd: ROOT,
      exclude: ['**/node_modules', '**/dist', 'e2e/compose', 'e2e/scenarios/*.spec.ts'],
    },
  ).sort();
  return new Map(
    files.map((file) => [file, tagsIn(readFileSync(join(ROOT, file), 'utf8'))] as const).filter(([, tags]) => tags.length > 0),
  );
}
