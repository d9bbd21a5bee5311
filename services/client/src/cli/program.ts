import { PRODUCT_VERSION } from '@syncpair/contracts';
import { Command, Option } from 'commander';
import { LOG_LEVELS } from '../log/log-level.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { declareConflictCommands } from './declare/conflict-commands.ts';
import { declareDaemonCommands } from './declare/daemon-commands.ts';
import { declareHistoryCommands } from './declare/history-commands.ts';
import { declareHoldCommands } from './declare/hold-commands.ts';
import { declareTrashCommands } from './declare/trash-commands.ts';
import { declareStatusCommands } from './declare/status-commands.ts';
import { declareStorageCommands } from './declare/storage-commands.ts';
import type { ExitCode } from './exit-code.ts';

/** A command's work. Its module is loaded only when it is called, so that each starts without the weight of the others. */
export type Handler = (options: never, args: readonly string[], context: CliContext) => Promise<ExitCode>;

/** Declares a command below `parent`; `signature` is its name with its arguments. */
export type Declare = (
  signature: string,
  about: { readonly summary: string; readonly details?: string; readonly example: string; readonly parent?: Command },
  options: readonly Option[],
  load: (() => Promise<Handler>) | null,
) => Command;

/**
 * The whole command line. `execute` gets the handler of the command that was called, with its options (a later one wins over an earlier) and
 * arguments.
 */
export function buildProgram(
  execute: (load: () => Promise<Handler>, options: GlobalOptions, args: readonly string[]) => Promise<void>,
): Command {
  const program = new Command('syncpair')
    .description('Keeps folders the same on every machine of a team, on a server of its own.')
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions()
    .version(PRODUCT_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help; "syncpair COMMAND --help" tells more')
    .helpCommand('help [command]', 'print help on a command');
  for (const option of globalOptions()) program.addOption(option);

  const declare: Declare = (signature, { summary, details, example, parent = program }, options, load) => {
    const command = parent
      .command(signature)
      .summary(summary)
      .description([`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, ...(details === undefined ? [] : [details])].join('\n\n'))
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', `\nExample:\n  $ ${example}`);
    // What may stand before a sub-command too is told at the sub-command.
    for (const option of options) command.addOption(load === null ? option.hideHelp() : option);
    for (const option of globalOptions()) command.addOption(option.hideHelp());
    addVersion(command);
    if (load === null) command.enablePositionalOptions().helpCommand(false);
    else command.action(() => execute(load, mergedOptions(command), command.args));
    return command;
  };
  declareDaemonCommands(declare);
  declareStatusCommands(declare);
  declareHistoryCommands(declare);
  declareConflictCommands(declare);
  declareHoldCommands(declare);
  declareTrashCommands(declare);
  declareStorageCommands(declare);
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 timed out, 4 done but some paths have problems,\n5 held and waiting for approval.',
  );
  return program;
}

const globalOptions = (): Option[] => [
  new Option('--log-level <level>', 'how much to log (default: info)').choices(LOG_LEVELS),
  new Option('--log-file <file>', 'append the log to this file instead of stderr'),
  new Option('--quiet', 'log errors only'),
];

/** `--version` after the command's name too, but where it means a version of a file. */
function addVersion(command: Command): void {
  if (command.options.some((option) => option.long === '--version')) return;
  command.version(PRODUCT_VERSION, '-V, --version');
  command.options.at(-1)?.hideHelp();
}

function mergedOptions(command: Command): GlobalOptions {
  const chain: object[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.unshift(at.opts());
  return Object.assign({}, ...chain) as GlobalOptions;
}
