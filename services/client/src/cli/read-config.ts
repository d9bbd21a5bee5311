import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import { formatConfigError } from '../config/format-config-error.ts';
import { usageError } from './cli-error.ts';
import type { CommonOptions } from './context.ts';

/** A configuration as the commands use it. */
export interface CommandConfig {
  /** As it was named on the command line. */
  readonly file: string;
  readonly config: ClientConfig;
  /** Those that are enabled. */
  readonly directories: readonly DirectoryConfig[];
}

/** Reads the configuration that `--file` names. @throws {CliError} with exit code 2 when there is none or it is not right. */
export async function readConfig({ file }: CommonOptions): Promise<CommandConfig> {
  if (file === undefined) throw usageError('the configuration is missing; name it with --file CONFIG');
  const { loadConfig } = await import('../config/load-config.ts');
  const loaded = await loadConfig(file);
  if (!loaded.ok) {
    const [first = file, ...others] = loaded.errors.map(formatConfigError);
    throw usageError(first, others);
  }
  const { config } = loaded;
  return { file, config, directories: config.directories.filter((directory) => directory.enabled) };
}

/** The directory that `--directory` names, or the only one there is. @throws {CliError} */
export function chooseDirectory({ directories, file }: CommandConfig, name: string | undefined): DirectoryConfig {
  const names = directories.map((directory) => directory.name).join(', ');
  const found = name === undefined ? directories : directories.filter((directory) => directory.name === name);
  if (found[0] !== undefined && found.length === 1) return found[0];
  if (name === undefined && found.length > 1) throw usageError(`the directory is missing; choose one with --directory NAME: ${names}`);
  throw usageError(`${file} has no directory "${name ?? ''}"${names === '' ? '' : `; it has ${names}`}`);
}
