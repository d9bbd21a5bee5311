import { type HistoryItem, parseVersionId } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { directoryPath } from '../directory-path.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatSize } from '../format/size.ts';
import { openQueries } from '../open-queries.ts';
import { readConfig } from '../read-config.ts';

interface RestoreOptions extends CommonOptions {
  readonly version?: string;
  readonly output?: string;
  readonly force?: boolean;
}

export async function restore(options: RestoreOptions, [text = '']: readonly string[], context: CliContext): Promise<ExitCode> {
  const { version } = options;
  if (version === undefined) throw usageError('the version is missing; choose one of "syncpair history" with --version V');
  const known = parseVersionId(version);
  if (!known.ok) throw usageError(`--version ${version}: ${known.reason}; "syncpair history" lists them`);
  const config = await readConfig(options);
  const { directory, path } = directoryPath(config, options.directory, text);
  const queries = await openQueries(config, directory);
  const answer =
    options.output === undefined
      ? await makeHead(queries, path, version)
      : await writeTo(queries, path, version, { output: options.output, force: options.force === true });
  if (options.json === true) context.terminal.printJson(answer.json);
  else context.terminal.print(answer.words);
  return EXIT.done;
}

const noVersion = (path: string, version: string, cause?: unknown): CliError =>
  new CliError(`${path} has no version ${version}; "syncpair history" lists those that there are`, EXIT.failed, { cause });

interface Told {
  readonly json: object;
  readonly words: string;
}

async function makeHead(queries: DirectoryQueries, path: string, version: string): Promise<Told> {
  const restored = await queries.restore(path, version).catch((error: unknown) => {
    throw error instanceof ServerError && error.code === 'not_found' ? noVersion(path, version, error) : error;
  });
  const words = restored.changed
    ? `${escapeText(path)} is as it was in ${version}, as its new version ${restored.version}`
    : `${escapeText(path)} is as it was in ${version} already; nothing was changed`;
  return { json: restored, words };
}

async function writeTo(
  queries: DirectoryQueries,
  path: string,
  version: string,
  { output, force }: { readonly output: string; readonly force: boolean },
): Promise<Told> {
  const item = await findVersion(queries, path, version);
  const { writeVersion } = await import('../export/write-version.ts');
  await writeVersion(queries, item, output, force);
  const size = item.size === null ? '' : ` (${formatSize(item.size)})`;
  return {
    json: { path, version, output, hash: item.hash, size: item.size },
    words: `version ${version} of ${escapeText(path)} is in ${escapeText(output)}${size}`,
  };
}

async function findVersion(queries: DirectoryQueries, path: string, version: string): Promise<HistoryItem> {
  const found = (await queries.history(path, Infinity)).find((item) => item.path === path && item.version === version);
  if (found === undefined) throw noVersion(path, version);
  if (found.kind === 'tombstone') throw new CliError(`version ${version} is the deletion of ${path}; choose an earlier one`);
  if (found.kind === 'dir') throw new CliError(`${path} is a folder; "syncpair export --at TIME" writes folders`);
  return found;
}
