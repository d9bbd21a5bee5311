/**
 * Why an embedded PostgreSQL cannot be used. `exitCode` is what a command ends with: 2 where the set-up has to be mended by the user, 1
 * where the same command can succeed later.
 */
const EXIT_CODES = {
  /** Another server holds the storage directory. */
  storage_in_use: 1,
  /** The storage directory cannot be made, written or locked. */
  unusable_storage: 2,
  /** A folder above the binaries or the data is closed to the account that PostgreSQL has to run as. */
  unreachable_folder: 2,
  /** Started as root, and there is no unprivileged account to run PostgreSQL as. */
  no_account: 2,
  /** The data belong to another account than the one that starts the server. */
  foreign_owner: 2,
  /** The data were made by another major version of PostgreSQL. */
  wrong_version: 2,
  /** No PostgreSQL is packaged for this platform, or its package is incomplete. */
  missing_binaries: 2,
  /** The password file and the data do not belong together. */
  wrong_password: 2,
  /** The disk is full. */
  out_of_space: 1,
  /** PostgreSQL ended before it was ready; the message has its own words. */
  start_failed: 1,
} as const;

export type EmbeddedPostgresErrorCode = keyof typeof EXIT_CODES;

/** An expected failure; its message is fit for a user as it is. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;
  readonly exitCode: 1 | 2;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = EXIT_CODES[code];
  }
}
