import type { HistoryItem } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import { usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { directoryPath } from '../directory-path.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatAgo } from '../format/duration.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { describeCause } from '../history/describe-cause.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';
import type { Style } from '../terminal.ts';

interface HistoryOptions extends CommonOptions {
  readonly limit: string;
}

export async function history(options: HistoryOptions, [text]: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  if (!/^\d+$/.test(options.limit)) throw usageError(`--limit ${options.limit} is not a number; 0 means all`);
  const limit = Number(options.limit) || Infinity;
  const config = await readConfig(options);
  const { directory, path } =
    text === undefined
      ? { directory: chooseDirectory(config, options.directory), path: null }
      : directoryPath(config, options.directory, text);
  const versions = await (await openQueries(config, directory)).history(path, limit);
  if (options.json === true) terminal.printJson(versions);
  else terminal.print(...renderHistory(versions, now(), terminal.style));
  return EXIT.done;
}

export function renderHistory(versions: readonly HistoryItem[], now: number, style: Style): string[] {
  if (versions.length === 0) return ['no versions'];
  const heading = ['VERSION', 'WHEN', 'BY', 'WHY', 'WHAT', 'SIZE', 'HASH', '', 'PATH'].map((title) => style.dim(title));
  const rows = versions.map((item) => [
    item.version,
    formatAgo(item.at, now),
    escapeText(item.author),
    describeCause(item),
    describeKind(item),
    item.size === null ? '' : formatSize(item.size),
    item.hash?.slice(0, 12) ?? '',
    [...(item.head ? [style.good('head')] : []), ...(item.conflict === null ? [] : [style.warn(`lost ${item.conflict}`)])].join(' '),
    describePath(item),
  ]);
  return formatTable([heading, ...rows], [5]);
}

function describeKind({ kind, deleted, executable }: HistoryItem): string {
  if (deleted || kind === 'tombstone') return '';
  if (kind === 'file') return executable === true ? 'file *' : 'file';
  return kind === 'dir' ? 'folder' : 'link';
}

const describePath = ({ path, target }: HistoryItem): string =>
  target === null ? escapeText(path) : `${escapeText(path)} → ${escapeText(target)}`;
