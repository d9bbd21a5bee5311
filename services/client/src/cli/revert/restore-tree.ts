import type { DirectoryQueries, RestoreTreeQuestion } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { renderRevert } from './render-revert.ts';

/** Brings a folder or a whole directory back to a moment, or tells what that would do. */
export async function restoreTree(
  queries: DirectoryQueries,
  question: RestoreTreeQuestion,
  options: CommonOptions,
  { terminal }: CliContext,
): Promise<ExitCode> {
  const answer = await queries.restoreTree(question).catch((error: unknown) => {
    if (!(error instanceof ServerError) || !['not_found', 'history_expired'].includes(error.code)) throw error;
    const where = error.code === 'not_found' && question.path !== null ? `${question.path}: ` : '';
    throw new CliError(where + error.message, EXIT.failed, { cause: error });
  });
  if (options.json === true) terminal.printJson(answer);
  else terminal.print(...renderRevert(answer));
  return EXIT.done;
}
