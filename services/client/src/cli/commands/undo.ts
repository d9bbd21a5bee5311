import { type Nanoseconds, toIsoTime } from '@syncpair/contracts';
import { ServerError } from '../../server/server-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { parseMoment } from '../format/moment.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';
import { renderRevert } from '../revert/render-revert.ts';

interface UndoOptions extends CommonOptions {
  readonly client?: string;
  readonly from?: string;
  readonly to?: string;
  readonly plan?: boolean;
}

export async function undo(options: UndoOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const { client } = options;
  if (client === undefined) throw usageError('whose changes? name the client with --client ID; "syncpair history" tells who made what');
  const from = momentOf('--from', options.from, now());
  const to = momentOf('--to', options.to, now());
  if (from > to) throw usageError(`--from ${options.from ?? ''} is later than --to ${options.to ?? ''}`);
  const config = await readConfig(options);
  const queries = await openQueries(config, chooseDirectory(config, options.directory));
  const asked = { client, from: toIsoTime(from), to: toIsoTime(to), plan: options.plan === true };
  const answer = await queries.undo(asked).catch((error: unknown) => {
    throw error instanceof ServerError && ['not_found', 'history_expired'].includes(error.code)
      ? new CliError(error.message, EXIT.failed, { cause: error })
      : error;
  });
  if (options.json === true) terminal.printJson(answer);
  else terminal.print(...renderRevert(answer));
  return EXIT.done;
}

function momentOf(option: string, text: string | undefined, now: number): Nanoseconds {
  if (text === undefined) throw usageError(`${option} is missing; name the time, such as ${option} "2026-01-31 08:00" or ${option} 2h`);
  const moment = parseMoment(text, now);
  if (!moment.ok) throw usageError(`${option}: ${moment.reason}`);
  return moment.value;
}
