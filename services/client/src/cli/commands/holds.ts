import type { Hold, HoldDecision } from '@syncpair/contracts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findHolds, holdsOfDaemon } from '../hold/find-holds.ts';
import { renderHolds } from '../hold/render-holds.ts';
import { askDaemon } from '../reach-daemon.ts';
import { readConfig } from '../read-config.ts';

export async function listHolds(options: CommonOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const config = await readConfig(options);
  const holds = (await findHolds(config, options.directory)).flatMap((found) => found.holds);
  if (options.json === true) terminal.printJson(holds);
  else terminal.print(...renderHolds(holds, now(), config.file));
  return EXIT.done;
}

export async function approveHold(options: CommonOptions, [id = '']: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const hold = await decide(options, id, 'approve');
  if (options.json === true) terminal.printJson({ ...hold, id, approved: true });
  else terminal.print(describeApproval(id, hold));
  return EXIT.done;
}

export async function rejectHold(options: CommonOptions, [id = '']: readonly string[], { terminal }: CliContext): Promise<ExitCode> {
  const hold = await decide(options, id, 'reject');
  if (options.json === true) terminal.printJson({ ...hold, id, approved: false });
  else terminal.print(`hold ${id} is rejected: what was there stays, and comes back where it is gone`);
  return EXIT.done;
}

function describeApproval(id: string, hold: Hold | null): string {
  if (hold?.kind === 'overwrites') return `hold ${id} is approved: the changed files go on`;
  if (hold?.decided?.finished !== true) return `hold ${id} is approved: the deletions go on`;
  const { done, kept } = hold.decided;
  return `hold ${id} is approved: ${done} deleted${kept === 0 ? '' : `, ${kept} kept because they changed since`}`;
}

/** Decides on the server, for all members; null when only the running client knows of the hold. */
async function decide(options: CommonOptions, id: string, decision: HoldDecision): Promise<Hold | null> {
  const config = await readConfig(options);
  for (const { queries, holds } of await findHolds(config, options.directory, true)) {
    const hold = holds.find((one) => one.id === id);
    if (queries === null || hold === undefined) continue;
    try {
      return await queries.decideHold(id, decision);
    } catch (error) {
      if (error instanceof ServerError && error.code === 'conflict') throw new CliError(error.message);
      if (!(error instanceof ServerError && error.code === 'not_found')) throw error;
    }
  }
  const known = await holdsOfDaemon(config);
  if (!known.some((hold) => hold.id === id))
    throw new CliError(`there is no hold ${id}; "syncpair holds list --file ${config.file}" shows those that wait`);
  await askDaemon(config, (daemon) => (decision === 'approve' ? daemon.approveHold(id) : daemon.rejectHold(id)));
  return null;
}
