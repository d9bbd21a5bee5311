import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { checkFolders } from './check-folders.ts';
import type { ClientConfig, ConfigError } from './config.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { parseConfig } from './parse-config.ts';
import { readConfigFile } from './read-config-file.ts';

/** A configuration that can be used, or everything that is wrong with it, by place; never none. */
export type LoadedConfig =
  { readonly ok: true; readonly config: ClientConfig } | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Reads and checks a configuration file, and looks at the folders of the directories that are enabled; changes nothing on disk. */
export async function loadConfig(file: string, { home = homedir(), platform = process.platform } = {}): Promise<LoadedConfig> {
  const text = await readConfigFile(file);
  if (typeof text !== 'string') return { ok: false, errors: [text] };
  const parsed = parseConfig(text, { file, folder: dirname(resolve(file)), home, platform });
  if (!parsed.ok) return parsed;
  const { config, pathsAt } = parsed;
  const folders = await Promise.all(
    config.directories.flatMap(({ name, localPath, enabled }, index) => {
      const place = pathsAt[index];
      return enabled && place !== undefined ? [lookAtFolder(localPath).then((facts) => ({ name, place, facts }))] : [];
    }),
  );
  const errors = checkFolders(folders, { file, home: await lookAtFolder(home), platform });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, config };
}
