import { EXIT, type ExitCode } from './exit-code.ts';

/** A failure told to the user in one line: what, where, what to do. Mistakes that are mended together bring a line each. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  readonly furtherLines: readonly string[];

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options?: ErrorOptions & { readonly furtherLines?: readonly string[] }) {
    super(message, options);
    this.exitCode = exitCode;
    this.furtherLines = options?.furtherLines ?? [];
  }
}

/** The command line or the configuration is not what it must be. */
export const usageError = (message: string, furtherLines: readonly string[] = []): CliError =>
  new CliError(message, EXIT.usage, { furtherLines });
