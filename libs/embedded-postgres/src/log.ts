/** Where the embedded PostgreSQL tells what a user should know; never a password, never a statement. */
export interface PostgresLog {
  info(message: string): void;
  warn(message: string): void;
}
