import { stripVTControlCharacters } from 'node:util';
import { CommanderError } from 'commander';
import { escapeText } from '../log/escape.ts';
import { type LogSink, createLogger } from '../log/logger.ts';
import { fileSink } from '../log/file-sink.ts';
import { streamSink } from '../log/stream-sink.ts';
import { CliError, usageError } from './cli-error.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { describeError } from './describe-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { type OutputStream, createTerminal } from './terminal.ts';

/** Runs the command that `args` name (without node and script). Resolves with its exit code, everything that a user is told written. */
export async function runCli(args: readonly string[], stdout: OutputStream, stderr: OutputStream): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  let debugging = false;
  const tell = (message: string): void => void stderr.write(`syncpair: ${escapeText(message)}\n`);

  const program = buildProgram(async (load, options, operands) => {
    debugging = options.logLevel === 'debug' || options.logLevel === 'trace';
    const context = createContext(options, stdout, stderr);
    const handler = await load();
    exitCode = await handler(options as never, operands, context);
  });
  // Sub-commands were made before these settings: each gets them by itself.
  const settle = (command: typeof program, called: string): void => {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text) => tell(oneLine(text, called)),
    });
    for (const below of command.commands) settle(below, `${called} ${below.name()}`);
  };
  settle(program, 'syncpair');

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written its message or the help by now; help that was asked for is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const told = describeError(error);
    for (const line of [told.message, ...(error instanceof CliError ? error.furtherLines : [])]) tell(line);
    if (debugging && error instanceof Error) stderr.write(`${stripVTControlCharacters(error.stack ?? '')}\n`);
    return told.exitCode;
  }
}

function createContext(globals: GlobalOptions, stdout: OutputStream, stderr: OutputStream): CliContext {
  const console = streamSink(stderr);
  const sink = globals.logFile === undefined ? console : openLogFile(globals.logFile, console);
  const level = globals.quiet === true ? 'error' : (globals.logLevel ?? 'info');
  return { terminal: createTerminal(stdout, stderr), log: createLogger(sink, level), sink, globals, now: () => Date.now() };
}

/** @throws {CliError} when it cannot be written now; what goes wrong with it later stops no command */
function openLogFile(path: string, fallback: LogSink): LogSink {
  const sink = fileSink(path, fallback);
  try {
    sink.open();
  } catch (error) {
    throw usageError(`--log-file ${path} cannot be written: ${describeError(error).message.replace(`${path}: `, '')}`);
  }
  return sink;
}

/** Commands of later releases: whoever read of them elsewhere learns that it is not a spelling mistake. */
const LATER = new Set(['token', 'login', 'service']);

/** Commander's words (`error: unknown option '--x'\n(Did you mean --y?)`) as one line that says where help is. */
function oneLine(text: string, called: string): string {
  const unknown = /unknown command '([^']*)'/.exec(text)?.[1] ?? '';
  if (called === 'syncpair' && LATER.has(unknown)) return `"${unknown}" is not in this release yet; see "syncpair --help"`;
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${words.replace(/\.$/, '')}; see "${called} --help"`;
}
