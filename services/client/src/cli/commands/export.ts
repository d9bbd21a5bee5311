import { type Head, directoryKey } from '@syncpair/contracts';
import type { DirectoryConfig } from '../../config/config.ts';
import { escapeText } from '../../log/escape.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readMark } from '../export/export-mark.ts';
import { parseMoment } from '../format/moment.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { openQueries } from '../open-queries.ts';
import { type CommandConfig, chooseDirectory, readConfig } from '../read-config.ts';

interface ExportOptions extends CommonOptions {
  readonly at?: string;
}

export async function exportDirectory(
  options: ExportOptions,
  [dest = '']: readonly string[],
  { terminal, now }: CliContext,
): Promise<ExitCode> {
  const at = options.at === undefined ? null : parseMoment(options.at, now());
  if (at !== null && !at.ok) throw usageError(`--at: ${at.reason}`);
  const config = await readConfig(options);
  const directory = chooseDirectory(config, options.directory);
  const queries = await openQueries(config, directory);
  const progress = terminal.progress();
  try {
    const begun = await readMark(dest);
    const moment = at !== null ? { time: at.value } : begun !== null ? { seq: begun.seq } : null;
    const { epoch, seq, heads: listed } = await queries.tree(moment);
    const heads: Head[] = [];
    for await (const head of listed) {
      heads.push(head);
      progress.update(`reading the list: ${plural(heads.length, 'path')}…`);
    }
    const { exportTree } = await import('../export/export-tree.ts');
    const mark = { directory: keyOf(config, directory), epoch, seq };
    const report = await exportTree(queries, { heads, dest, mark }, ({ files, bytes }) =>
      progress.update(`${plural(files, 'file')} of ${plural(heads.length, 'path')}, ${formatSize(bytes)}…`),
    );
    progress.end();
    if (options.json === true) terminal.printJson({ directory: directory.name, dest, at: options.at ?? null, seq: String(seq), ...report });
    else {
      const { files, folders, links, bytes, verified, problems } = report;
      const parts = [plural(files, 'file'), plural(folders, 'folder'), ...(links > 0 ? [plural(links, 'link')] : [])];
      terminal.print(
        `${escapeText(dest)}: ${parts.join(', ')}, ${formatSize(bytes)}${verified > 0 ? `; ${plural(verified, 'file')} of an earlier run verified` : ''}`,
      );
      terminal.print(
        ...formatTable(problems.map(({ path, code, message }) => [`  ${code}`, `${escapeText(path)}: ${escapeText(message)}`])),
      );
    }
    return report.problems.length > 0 ? EXIT.problems : EXIT.done;
  } catch (error) {
    progress.end();
    if (error instanceof CliError) throw error;
    const isFinal = error instanceof ServerError && !error.retryable;
    const goesOn = isFinal ? '' : '; the same command goes on with it';
    throw new CliError(`the export is not complete: ${(error as Error).message}${goesOn}`, EXIT.failed, {
      cause: error,
    });
  }
}

/** The directory as the server keeps it apart from others. */
const keyOf = ({ config }: CommandConfig, { name, shared }: DirectoryConfig): string =>
  directoryKey({ client_id: config.clientId, name, shared });
