import { type HoldsResponse, parseHoldLimits } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import { usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatAgo } from '../format/duration.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';

/** Shows the server's limits for a directory, or sets them. */
export async function holdSettings(options: CommonOptions, [text]: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const wanted = text === undefined ? undefined : parseLimits(text);
  const config = await readConfig(options);
  const directory = chooseDirectory(config, options.directory);
  const queries = await openQueries(config, directory);
  const answer = wanted === undefined ? await queries.holds(false) : await queries.setHoldLimits(wanted);
  const { limits, limits_set } = answer;
  if (options.json === true) terminal.printJson({ directory: directory.name, limits, limits_set });
  else terminal.print(`${escapeText(directory.name)}: ${describeLimits(answer, now())}`);
  return EXIT.done;
}

/** Null: the server's default. @throws {CliError} */
function parseLimits(text: string): HoldsResponse['limits'] | null {
  if (text === 'default') return null;
  const limits = parseHoldLimits(text);
  if (!limits.ok) throw usageError(`"${text}" is ${limits.reason}; or default, for what the server has`);
  return limits.value;
}

function describeLimits({ limits, limits_set: set }: HoldsResponse, now: number): string {
  const when =
    limits === 'off'
      ? 'the server holds no deletions'
      : `the server holds deletions of more than ${limits.files} files and ${limits.percent} percent within ten minutes, or of all of 20 or more`;
  return set === null ? `${when} (its default)` : `${when}; set by ${escapeText(set.by)}, ${formatAgo(set.at, now)}`;
}
