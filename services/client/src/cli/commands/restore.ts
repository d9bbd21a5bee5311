import { parseVersionId, splitVersionId, toIsoTime } from '@syncpair/contracts';
import { usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { directoryPath } from '../directory-path.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { parseMoment } from '../format/moment.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';
import { restoreTree } from '../revert/restore-tree.ts';
import { findVersion, isOfFolder, makeHead, noVersion, writeTo } from '../revert/restore-version.ts';

interface RestoreOptions extends CommonOptions {
  readonly version?: string;
  readonly at?: string;
  readonly exact?: boolean;
  readonly plan?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

export async function restore(options: RestoreOptions, [text]: readonly string[], context: CliContext): Promise<ExitCode> {
  const { version, at } = options;
  if (version !== undefined && at !== undefined) throw usageError('--version and --at name a moment each; choose one of them');
  if (version === undefined && at === undefined)
    throw usageError('which version? choose one of "syncpair history" with --version V, or a time with --at TIME');
  const tree = { exact: options.exact === true, plan: options.plan === true };
  if (at !== undefined) {
    if (options.output !== undefined) throw usageError('--output takes one version; "syncpair export --at TIME" writes folders');
    const moment = parseMoment(at, context.now());
    if (!moment.ok) throw usageError(`--at: ${moment.reason}`);
    const { queries, path } = await open(options, text);
    return restoreTree(queries, { path, at: toIsoTime(moment.value), ...tree }, options, context);
  }
  if (text === undefined) throw usageError('the path is missing; with --at TIME it may be left out');
  return restoreVersion(options, { text, version: version as string, ...tree }, context);
}

async function open(options: RestoreOptions, text: string | undefined) {
  const config = await readConfig(options);
  const { directory, path } =
    text === undefined
      ? { directory: chooseDirectory(config, options.directory), path: null }
      : directoryPath(config, options.directory, text);
  return { queries: await openQueries(config, directory), path };
}

/** A file or link gets an old version back; a folder becomes what it was right after one. */
async function restoreVersion(
  options: RestoreOptions,
  asked: { readonly text: string; readonly version: string; readonly exact: boolean; readonly plan: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const { text, version, exact, plan } = asked;
  const known = parseVersionId(version);
  if (!known.ok) throw usageError(`--version ${version}: ${known.reason}; "syncpair history" lists them`);
  const { queries, path } = await open(options, text);
  if (path === null) throw usageError('the path is missing');
  const { output, force } = options;
  if (output === undefined) {
    const ofFolder = await isOfFolder(queries, path, version);
    if (ofFolder === null) throw noVersion(path, version);
    if (ofFolder) {
      const { seq } = splitVersionId(known.value);
      return restoreTree(queries, { path, seq: String(seq), exact, plan }, options, context);
    }
  }
  if (exact || plan) throw usageError(`--exact and --plan are for folders, and ${path} was none in version ${version}`);
  const answer =
    output === undefined
      ? await makeHead(queries, path, version)
      : await writeTo(queries, await findVersion(queries, path, version), { output, force: force === true });
  if (options.json === true) context.terminal.printJson(answer.json);
  else context.terminal.print(answer.words);
  return EXIT.done;
}
