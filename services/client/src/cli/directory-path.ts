import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type RelativePath, parseRelativePath } from '@syncpair/contracts';
import type { DirectoryConfig } from '../config/config.ts';
import { usageError } from './cli-error.ts';
import { type CommandConfig, chooseDirectory } from './read-config.ts';

/**
 * What a path on the command line means: an absolute one, or one that begins with `./` or `../`, lies on this machine and names its
 * directory by itself; every other one is a path inside the directory. Where several directories leave open which one, a path on this machine
 * that lies in one of them names it too.
 *
 * @throws {CliError}
 */
export function directoryPath(
  config: CommandConfig,
  name: string | undefined,
  text: string,
): { directory: DirectoryConfig; path: RelativePath } {
  const isOpen = name === undefined && config.directories.length > 1;
  const local = isAbsolute(text) || /^\.{1,2}(\/|\\|$)/.test(text) || (isOpen && owner(config, text) !== undefined);
  const directory = local ? (owner(config, text) ?? chooseDirectory(config, name)) : chooseDirectory(config, name);
  if (name !== undefined && directory.name !== name) throw usageError(`${text} lies in "${directory.name}", not in "${name}"`);
  const inside = local ? within(directory.localPath, text) : text.replace(/\/+$/, '');
  if (inside === null) throw usageError(`${text} does not lie in "${directory.name}" (${directory.localPath})`);
  const path = parseRelativePath(inside);
  if (!path.ok) throw usageError(`${text}: ${path.reason}`);
  return { directory, path: path.value };
}

const owner = ({ directories }: CommandConfig, text: string): DirectoryConfig | undefined =>
  directories.find(({ localPath }) => within(localPath, text) !== null);

/** The part of a path below a folder, with `/`; null when it does not lie below. Links above the last name are followed. */
function within(folder: string, text: string): string | null {
  const absolute = resolve(text);
  const inside = relative(real(folder), join(real(dirname(absolute)), basename(absolute)));
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? null : inside.split(sep).join('/');
}

/** The real path, or for what does not exist the path as it is. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(real(dirname(path)), basename(path));
  }
}
