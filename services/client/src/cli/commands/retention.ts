import { MAX_RETENTION_DAYS, type RetentionResponse } from '@syncpair/contracts';
import { ServerError } from '../../server/server-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { parseSize } from '../format/parse-size.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';

interface RetentionOptions extends CommonOptions {
  readonly days?: string;
  readonly maxSize?: string;
}

export async function retention(options: RetentionOptions, _args: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const days = options.days === undefined ? undefined : daysOf(options.days);
  const maxBytes = options.maxSize === undefined ? undefined : bytesOf(options.maxSize);
  const config = await readConfig(options);
  const directory = chooseDirectory(config, options.directory);
  const queries = await openQueries(config, directory);
  const isSet = days !== undefined || maxBytes !== undefined;
  const settings = { ...(days === undefined ? {} : { days }), ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }) };
  const told = await (isSet ? queries.setRetention(settings) : queries.retention()).catch((error: unknown) => {
    throw error instanceof ServerError && error.code === 'not_found'
      ? new CliError(`the server has no directory "${directory.name}" yet`, EXIT.failed, { cause: error })
      : error;
  });
  if (options.json === true) terminal.printJson({ directory: directory.name, ...told });
  else terminal.print(...renderRetention(told));
  return EXIT.done;
}

function daysOf(text: string): number | null {
  if (text === 'default') return null;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_RETENTION_DAYS) return days;
  throw usageError(`--days ${text} is not a number of days from 1 to ${MAX_RETENTION_DAYS}, nor "default"`);
}

function bytesOf(text: string): number | null {
  if (text === 'none') return null;
  const size = parseSize(text);
  if (!size.ok) throw usageError(`--max-size: ${size.reason}, nor "none"`);
  return size.value;
}

function renderRetention(told: RetentionResponse): string[] {
  const { days, default_days: isDefault, max_bytes: max, history_bytes: bytes, full, reaches_back_to: since } = told;
  return formatTable([
    ['kept for', `${plural(days, 'day')}${isDefault ? ' (the default)' : ''} after it was replaced or deleted`],
    ['room', max === null ? 'as much as it takes' : `${formatSize(max)} at most`],
    ...(bytes === null || max === null ? [] : [['taken', `${formatSize(bytes)} when it was measured last`]]),
    ['reaches', since === null ? 'back to the beginning' : `back to ${since}`],
    ...(full ? [['full', 'uploads are refused until what is there is a day old and may go, or --max-size is raised']] : []),
  ]);
}
