import { Minimatch } from 'minimatch';
import { GLOB_OPTIONS } from './glob-options.ts';

const ANYWHERE = '**/';

/**
 * True when a glob that is matched against whole paths may match one below `folder` because of where the folder lies: under another name
 * the same entry may not match. It may name one folder too many, never one too few.
 */
export function reachesBelow(glob: string, folder: string): boolean {
  if (!glob.startsWith(ANYWHERE)) return mayMatchBelow(glob, folder);
  // What begins in the folder itself matches below any other as well.
  const rest = glob.slice(ANYWHERE.length);
  const names = folder.split('/');
  return names.some((_, at) => mayMatchBelow(rest, names.slice(at).join('/')));
}

function mayMatchBelow(glob: string, folder: string): boolean {
  const steps = glob.split('/');
  const names = folder.split('/');
  if (!steps.includes('**') && steps.length <= names.length) return false;
  const first = steps[0] as string;
  if (/^[^*?[\]()\\]+$/.test(first) && first !== names[0]) return false;
  return new Minimatch(glob, GLOB_OPTIONS).match(folder, true);
}
