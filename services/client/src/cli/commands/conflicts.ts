import type { Conflict, ConflictChoice, HistoryItem } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';
import type { DirectoryQueries } from '../../server/queries.ts';
import { CliError, usageError } from '../cli-error.ts';
import { renderDifference } from '../conflict/render-difference.ts';
import type { CliContext, CommonOptions } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { formatAgo } from '../format/duration.ts';
import { formatSize } from '../format/size.ts';
import { formatTable } from '../format/table.ts';
import { openQueries } from '../open-queries.ts';
import { chooseDirectory, readConfig } from '../read-config.ts';

interface ListOptions extends CommonOptions {
  readonly resolved?: boolean;
}

interface Found {
  readonly directory: string;
  readonly queries: DirectoryQueries;
  readonly conflict: Conflict;
}

export async function listConflicts(options: ListOptions, _args: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const found = await findConflicts(options, options.resolved === true);
  if (options.json === true) terminal.printJson(found.map(({ directory, conflict }) => ({ directory, ...conflict })));
  else if (found.length === 0) terminal.print('no conflicts');
  else {
    const heading = ['ID', 'DIRECTORY', 'SINCE', 'WON', 'LOST', '', 'PATH'].map((title) => terminal.style.dim(title));
    const rows = found.map(({ directory, conflict: { id, path, at, winner, loser, resolved } }) => [
      escapeText(id),
      escapeText(directory),
      formatAgo(at, now()),
      escapeText(winner.author),
      escapeText(loser.author),
      resolved === null ? '' : `resolved: ${resolved.choice}`,
      escapeText(path),
    ]);
    terminal.print(...formatTable([heading, ...rows]));
  }
  return EXIT.done;
}

export async function showConflict(options: CommonOptions, [id = '']: readonly string[], { terminal, now }: CliContext): Promise<ExitCode> {
  const { directory, queries, conflict } = await findConflict(options, id);
  if (options.json === true) {
    terminal.printJson({ directory, ...conflict });
    return EXIT.done;
  }
  const { path, kind, at, base, winner, loser, resolved } = conflict;
  const file = options.file ?? '';
  const facts = [
    ['conflict', escapeText(id)],
    ['path', `${escapeText(path)} in ${escapeText(directory)}`],
    ['since', formatAgo(at, now())],
    ['what', kind === 'content' ? 'both sides changed the content' : 'the sides are of different kinds'],
    ['made from', base === null ? 'nothing: both sides are new' : `version ${base}`],
    ['winner', describeSide(winner, now())],
    ['loser', describeSide(loser, now())],
    ['resolved', resolved === null ? 'no' : `${resolved.choice}, by ${escapeText(resolved.by)}, ${formatAgo(resolved.at, now())}`],
  ];
  terminal.print(...formatTable(facts), ...(await renderDifference(queries, winner, loser, terminal.style)));
  if (resolved === null) {
    terminal.print(
      '',
      `to settle it:        syncpair conflicts resolve ${id} winner|loser|both --file ${file}`,
      `to get the loser:    syncpair restore "${escapeText(loser.path)}" --version ${loser.version} --output FILE --file ${file}`,
    );
  }
  return EXIT.done;
}

export async function resolveConflict(
  options: CommonOptions,
  [id = '', choice = '']: readonly string[],
  { terminal }: CliContext,
): Promise<ExitCode> {
  if (!isChoice(choice)) throw usageError(`"${choice}" is no choice; take winner, loser or both`);
  const { queries, directory, conflict } = await findConflict(options, id);
  if (conflict.resolved !== null)
    throw new CliError(`conflict ${id} is resolved already: ${conflict.resolved.choice}, by ${conflict.resolved.by}`);
  const { conflict: settled, written } = await queries.resolve(id, choice);
  if (options.json === true) terminal.printJson({ directory, ...settled, written });
  else terminal.print(`conflict ${escapeText(id)} is resolved: ${choice}`, ...written.map((path) => `  wrote ${escapeText(path)}`));
  return EXIT.done;
}

const isChoice = (text: string): text is ConflictChoice => text === 'winner' || text === 'loser' || text === 'both';

/** Of the chosen directory, or of all. */
async function findConflicts(options: CommonOptions, resolvedToo: boolean): Promise<Found[]> {
  const config = await readConfig(options);
  const directories = options.directory === undefined ? config.directories : [chooseDirectory(config, options.directory)];
  const found = await Promise.all(
    directories.map(async (directory) => {
      const queries = await openQueries(config, directory);
      return (await queries.conflicts(resolvedToo)).map((conflict) => ({ directory: directory.name, queries, conflict }));
    }),
  );
  return found.flat();
}

async function findConflict(options: CommonOptions, id: string): Promise<Found> {
  const found = (await findConflicts(options, true)).filter(({ conflict }) => conflict.id === id);
  if (found.length > 1) throw usageError(`several directories have a conflict ${id}; choose one with --directory NAME`);
  if (found[0] === undefined)
    throw new CliError(`there is no conflict ${id}; "syncpair conflicts list --file ${options.file ?? ''}" lists them`);
  return found[0];
}

function describeSide({ version, author, at, kind, size, target }: HistoryItem, now: number): string {
  const what =
    kind === 'file' ? `a file of ${formatSize(size ?? 0)}` : kind === 'link' ? `a link to ${escapeText(target ?? '')}` : `a ${kind}`;
  return `version ${version} by ${escapeText(author)}, ${formatAgo(at, now)}: ${what}`;
}
