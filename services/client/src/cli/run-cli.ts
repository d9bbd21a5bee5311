import { stripVTControlCharacters } from 'node:util';
import { CommanderError } from 'commander';
import { escapeText } from '../log/escape.ts';
import { createLogger } from '../log/logger.ts';
import { fileSink } from '../log/file-sink.ts';
import { streamSink } from '../log/stream-sink.ts';
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
    tell(told.message);
    if (debugging && error instanceof Error) stderr.write(`${stripVTControlCharacters(error.stack ?? '')}\n`);
    return told.exitCode;
  }
}

function createContext(globals: GlobalOptions, stdout: OutputStream, stderr: OutputStream): CliContext {
  const console = streamSink(stderr);
  const sink = globals.logFile === undefined ? console : fileSink(globals.logFile, console);
  const level = globals.quiet === true ? 'error' : (globals.logLevel ?? 'info');
  return { terminal: createTerminal(stdout, stderr), log: createLogger(sink, level), globals, now: () => Date.now() };
}

/** Commander's words (`error: unknown option '--x'\n(Did you mean --y?)`) as one line that says where help is. */
function oneLine(text: string, called: string): string {
  const words = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${words.replace(/\.$/, '')}; see "${called} --help"`;
}
