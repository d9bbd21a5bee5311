/** Why the server cannot start or go on; the message is fit for a user as it is. */
export class StandaloneError extends Error {
  override readonly name = 'StandaloneError';
  /** What the command ends with: 2 where the set-up has to be mended, 1 where the same command can succeed later. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
