import type { Hold } from '@syncpair/contracts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { ServerError } from '../../server/server-error.ts';
import { CliError } from '../cli-error.ts';
import { openQueries } from '../open-queries.ts';
import { findDaemon } from '../reach-daemon.ts';
import { type CommandConfig, chooseDirectory } from '../read-config.ts';

export interface FoundHolds {
  /** Where they are decided; null for those that only the running client knows of. */
  readonly queries: DirectoryQueries | null;
  readonly holds: readonly Hold[];
}

/**
 * What waits in the chosen directory, or in all: on the server, whoever's changes they are, and at the running client what the server has
 * still to hear of.
 *
 * @throws {CliError} when neither can be asked
 */
export async function findHolds(config: CommandConfig, directory: string | undefined, decidedToo = false): Promise<FoundHolds[]> {
  const chosen = directory === undefined ? config.directories : [chooseDirectory(config, directory)];
  const asked = await Promise.all(
    chosen.map(async (one): Promise<FoundHolds | ServerError> => {
      const queries = await openQueries(config, one);
      return queries.holds(decidedToo).then(
        ({ holds }) => ({ queries, holds }),
        (error: unknown) => unanswered(error),
      );
    }),
  );
  const answered = asked.flatMap((answer) => (answer instanceof ServerError ? [] : [answer]));
  const daemon = await findDaemon(config);
  const failure = asked.find((answer) => answer instanceof ServerError);
  if (daemon === null && failure !== undefined)
    throw new CliError(`the server does not tell what is held (${failure.message}), and no client runs for ${config.file}`);
  daemon?.close();
  const told = new Set(answered.flatMap(({ holds }) => holds.map(({ id }) => id)));
  const names = new Set(chosen.map(({ name }) => name));
  const own = (await holdsOfDaemon(config)).filter(
    (hold) => names.has(hold.directory) && !told.has(hold.id) && (failure !== undefined || hold.origin === 'client'),
  );
  return [...answered, { queries: null, holds: own }];
}

/** What the running client knows to be held; nothing when none runs. */
export async function holdsOfDaemon(config: CommandConfig): Promise<readonly Hold[]> {
  const daemon = await findDaemon(config);
  if (daemon === null) return [];
  try {
    return await daemon.holds();
  } finally {
    daemon.close();
  }
}

function unanswered(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  throw error;
}
