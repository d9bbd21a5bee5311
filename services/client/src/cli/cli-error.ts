import { EXIT, type ExitCode } from './exit-code.ts';

/** A failure told to the user in one line: what, where, what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line or the configuration is not what it must be. */
export const usageError = (message: string): CliError => new CliError(message, EXIT.usage);
